"""A value assigned to the pointer that holds it: E0308, E0368. ``*counter = 0`` puts it where the pointer leads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch

_RAW = re.compile(r"cannot be applied to type `\*mut ")
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


def _changed(case: Case) -> Iterator[Answer]:
    """``p += 1`` of a raw pointer, for which the compiler has no advice."""
    holder = nodes.enclosing(case.node, "compound_assignment_expr")
    left = None if holder is None else holder.child_by_field_name("left")
    if left is not None and _RAW.search(case.diagnostic.message) is not None and not case.in_macro(case.place):
        yield Answer("change what it points to: `*`", (edits.insert(case.path, left.start_byte, "*"),), _REFERENCE)


def _written(kind: str) -> bool:
    return types.is_mutable_reference(kind)


propose = answering({"E0308": (_answers,), "E0368": (_changed,)})
