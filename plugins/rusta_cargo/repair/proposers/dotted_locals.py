"""``list::push(1)`` of a local ``list``: E0433. What is bound here has methods, which are called with a dot."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.scopes import binding_of

_PRIOR = 0.95


def _answers(case: Case) -> Iterator[Answer]:
    name = case.source[case.place.start : case.place.end].decode("utf-8", "replace")
    end = case.place.end
    if not name.isidentifier() or case.source[end : end + 2] != b"::" or case.in_macro(case.place):
        return
    if binding_of(case.root, name, case.place.start) is not None:
        yield Answer(f"call the method of `{name}` with `.`", (edits.replace(case.path, end, end + 2, "."),), _PRIOR)


propose = answering({"E0433": (_answers,)})
