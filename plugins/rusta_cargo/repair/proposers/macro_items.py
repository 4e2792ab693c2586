"""Misspelt names of what a macro makes: E0599 and E0609 where the type stands in a macro's arguments.

``bitflags! { struct Gear: u32 { const LIFT = 1; } }`` and then ``Gear::Lift``: the compiler points at the macro and
knows no name that is alike; the words in its arguments are the names that there can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.similar import rank

_WORD = re.compile(r"^[A-Za-z_]\w*$")
_NAME = re.compile(r"[A-Za-z_]\w*")
_NO_NAMES = {"pub", "struct", "enum", "union", "const", "fn", "static", "let", "self", "mut", "impl", "type"}
_LEAST, _MOST, _SURE = 0.6, 3, 0.93


def _respelt(case: Case) -> Iterator[Answer]:
    wrong = case.situation.text(case.path, case.place.start, case.place.end)
    if not _WORD.match(wrong):
        return
    told = quoted(case.diagnostic.message)
    kind = types.head(types.strip_references(told[1])) if len(told) > 1 else ""
    if not _WORD.match(kind) or case.index.type_named(kind) is not None:
        return
    known: set[str] = set()
    for path in case.index.files:
        if kind.encode() in case.situation.source(path):
            known |= _words(case.situation.syntax(path).root_node, kind)
    for score, name in rank(wrong, known, _LEAST, _MOST):
        yield Answer(
            f"write `{name}`", (edits.replace(case.path, case.place.start, case.place.end, name),), _SURE * score
        )


def _words(root: Node, kind: str) -> set[str]:
    """The names in the arguments of macros that speak of the type."""
    found: set[str] = set()
    for call in nodes.every(root, "macro_invocation"):
        inside = nodes.text(call)
        if re.search(rf"\b(?:struct|enum|union)\s+{kind}\b|^[\w:]+!\s*[({{\[]\s*{kind}\b", inside):
            found |= set(_NAME.findall(inside)) - _NO_NAMES
    return found


propose = answering({"E0599": (_respelt,), "E0609": (_respelt,)})
