"""``PartialOrd`` of a type that has an ``Ord`` written by hand: E0277.

A derived order would compare field by field and contradict the one that was written, so the missing implementation asks
the written one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function

_PRIOR = 0.93
_COMPARED = re.compile(r"can't compare `(.+)` with `(.+)`")
_ORDER = re.compile(r"(?<!\w)Ord(?=\s+for\b)")


def _ordered(case: Case) -> Iterator[Answer]:
    told = _COMPARED.search(case.diagnostic.message)
    if told is None or told[1] != told[2]:
        return
    name = told[1].partition("<")[0].rpartition("::")[2]
    if case.index.implements(name, "PartialOrd") or not any(
        "PartialOrd" in s.message for s in case.diagnostic.suggestions
    ):
        return
    for impl in case.index.impls_of(name, "Ord"):
        compared = next((i for i in impl.items if isinstance(i, Function) and i.name == "cmp"), None)
        if compared is None or compared.returns is None or impl.body is None:
            continue
        source = case.situation.source(impl.path)
        unit = nodes.indent_unit(source)
        head = source[impl.start : impl.body.start].decode("utf-8", "replace").rstrip()
        written, count = _ORDER.subn("PartialOrd", head, count=1)
        if count == 1:
            body = (
                f"\n{written} {{\n{unit}fn partial_cmp(&self, other: &Self) -> Option<{compared.returns.text}> {{\n"
                f"{unit * 2}Some(self.cmp(other))\n{unit}}}\n}}"
            )
            put = edits.line_after(impl.path, source, impl.start, impl.end, body)
            yield Answer(f"order `{name}` as its `Ord` does", (put,), _PRIOR)


propose = answering({"E0277": (_ordered,)})
