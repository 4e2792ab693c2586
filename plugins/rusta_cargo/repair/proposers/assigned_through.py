"""A value assigned to the pointer that holds it: E0308. ``*counter = 0`` puts it where the pointer leads."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch

_BOX, _REFERENCE = 0.75, 0.8


def _answers(case: Case) -> Iterator[Answer]:
    told, assignment = mismatch(case.diagnostic), case.node.parent
    if told is None or assignment is None or assignment.type != "assignment_expression" or case.in_macro(case.place):
        return
    left = assignment.child_by_field_name("left")
    if left is None or assignment.child_by_field_name("right") != case.node:
        return
    boxed = types.inner(told.expected, "Box")
    inner = boxed if boxed is not None else types.referent(told.expected) if _written(told.expected) else None
    number = told.found in ("{integer}", "integer") and inner in types.NUMBERS
    if inner is None or not (number or types.same(inner, told.found)):
        return
    change = edits.insert(case.path, left.start_byte, "*")
    yield Answer("assign to what it points to: `*`", (change,), _REFERENCE if boxed is None else _BOX)


def _written(kind: str) -> bool:
    return types.is_mutable_reference(kind)


propose = answering({"E0308": (_answers,)})
