"""Numbers of another type where the file casts such numbers with ``as``, or the other operand is cast: E0308.

Of two operands of which one is cast the other is cast as well, be it a number or an enum. The compiler suggests
``.into()`` and ``.try_into().unwrap()``; a file that says ``as f64`` at other places says it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.conversion import form_of
from rusta_cargo.repair.code.expression import spot
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_schemas.diagnostic import Replacement

_SAME, _SOME, _BESIDE, _DIVIDED = 0.72, 0.6, 0.85, 0.8
_SIMPLE = ("identifier", "field_expression", "call_expression", "index_expression", "parenthesized_expression")
_CONVERTED = re.compile(rb"\.(?:into|try_into)\(\)|::try_from\(|(?:[iuf]\d+|[iu]size)::from\(")


def _answers(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if told is None or not {told.expected, told.found} <= set(types.NUMBERS) or case.in_macro(case.place):
        return
    casts = [text(node.child_by_field_name("type")) for node in nodes.every(case.root, "type_cast_expression")]
    same = casts.count(told.expected)
    some = sum(kind in types.NUMBERS for kind in casts)
    here = spot(case.situation, case.index, case.place)
    if here is None or here.kind == "type_cast_expression":
        return  # what is cast already is of the type that was meant
    if not same and (some < 2 or _CONVERTED.search(case.source)):
        return
    parts = here.wrapped(form_of(f" as {told.expected}"))
    yield Answer(f"cast it as the file does: `as {told.expected}`", parts, _SAME if same else _SOME)


def _beside(case: Case) -> Iterator[Answer]:
    """``a as usize < b``: both are cast, unless ``b`` is no number and no enum."""
    told = mismatch(case.diagnostic)
    if told is None or told.expected not in types.INTEGERS or case.in_macro(case.place):
        return
    kind = case.index.enum(told.found)
    plain = kind is not None and all(variant.shape == "unit" for variant in kind.variants)
    here = spot(case.situation, case.index, case.place)
    operation = None if here is None else here.node.parent
    if (
        here is None
        or operation is None
        or operation.type != "binary_expression"
        or not (plain or told.found in types.NUMBERS)
    ):
        return
    left, right = operation.child_by_field_name("left"), operation.child_by_field_name("right")
    other = left if right == here.node else right
    while other is not None and other.type == "parenthesized_expression" and other.named_children:
        other = other.named_children[0]
    cast = other is not None and other.type == "type_cast_expression"
    if other is not None and cast and text(other.child_by_field_name("type")) == told.expected:
        form = form_of(f" as {told.expected}")
        yield Answer(f"cast it as the other side: `as {told.expected}`", here.wrapped(form), _BESIDE)


def _quotient(case: Case) -> Iterator[Answer]:
    """``a / b`` of whole numbers where a real one is wanted: its parts are cast, a whole quotient has lost the rest."""
    told = mismatch(case.diagnostic)
    node = case.node
    if (
        told is None
        or told.expected not in types.FLOATS
        or told.found not in types.INTEGERS
        or case.in_macro(case.place)
    ):
        return
    if node.type != "binary_expression" or text(node.child_by_field_name("operator")) != "/":
        return
    sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
    parts: list[Replacement] = []
    for side in sides:
        if side is None or side.type == "type_cast_expression":
            return
        if side.type == "integer_literal":
            parts.append(edits.insert(case.path, side.end_byte, ".0"))
        elif side.type in _SIMPLE:
            parts.append(edits.insert(case.path, side.end_byte, f" as {told.expected}"))
        else:
            parts += edits.wrap(case.path, side.start_byte, side.end_byte, "(", f") as {told.expected}")
    yield Answer(f"divide as `{told.expected}`", tuple(parts), _DIVIDED)


propose = answering({"E0308": (_answers, _beside, _quotient)})
