"""Fields of a tuple struct that lost the ``self.`` in front of them: E0599, E0610, E0689, E0608, E0308 at a plain number.

``0.len()`` in a method of ``struct Names(Vec<String>)`` was ``self.0.len()``: a number has no such method, a field has.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Impl, Struct
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.model import Field
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.std_methods import has_method

_PRIOR, _WRAPPED = 0.95, 0.8


def _used(case: Case) -> Iterator[Answer]:
    """Something is asked of the number that numbers do not have."""
    if "{integer}" not in case.diagnostic.message:
        return
    node: Node | None = case.node
    while node is not None and node.type not in ("field_expression", "index_expression"):
        node = node.parent
    number = None if node is None or not node.named_children else node.named_children[0]
    if number is not None and number.type == "integer_literal" and _field(case, text(number)) is not None:
        yield _put(case, number)


def _given(case: Case) -> Iterator[Answer]:
    """The number stands where the type of the field is wanted."""
    told = mismatch(case.diagnostic)
    node = case.node.child_by_field_name("value") if case.node.type == "reference_expression" else case.node
    number = node if node is not None and node.type == "integer_literal" else None
    field = None if number is None else _field(case, text(number))
    if told is None or number is None or field is None or told.expected in types.NUMBERS:
        return
    if types.same(types.strip_references(told.expected), types.strip_references(field.type.text)):
        yield _put(case, number)


def _wrapped(case: Case) -> Iterator[Answer]:
    """``self.max(n)`` in a method of ``struct Depth(usize)``, whose field has the method."""
    item = case.item
    owner = None if item is None or not item.is_method else item.owner
    access = case.node if case.node.type == "field_expression" else case.node.parent
    value = None if access is None else access.child_by_field_name("value")
    if not isinstance(owner, Impl) or value is None or text(value) != "self":
        return
    structs = [found for found in case.index.named(owner.name, Struct) if found.shape == "tuple"]
    name = case.situation.text(case.path, case.place.start, case.place.end)
    if len(structs) != 1 or len(structs[0].fields) != 1 or not has_method(name):
        return
    if types.head(structs[0].fields[0].type.text) in (*types.NUMBERS, "String", "Vec", "str", "Option", "HashMap"):
        put = edits.insert(case.path, value.end_byte, ".0")
        yield Answer(f"call `{name}` on `self.0`", (put,), _WRAPPED)


def _field(case: Case, number: str) -> Field | None:
    """The field of that number of the struct whose method this is."""
    item = case.item
    owner = None if item is None or not isinstance(item, Function) or not item.is_method else item.owner
    if not isinstance(owner, Impl) or not number.isdecimal():
        return None
    structs = [found for found in case.index.named(owner.name, Struct) if found.shape == "tuple"]
    return structs[0].field(number) if len(structs) == 1 else None


def _put(case: Case, number: Node) -> Answer:
    return Answer(f"write `self.{text(number)}`", (edits.insert(case.path, number.start_byte, "self."),), _PRIOR)


propose = answering(
    {"E0599": (_used, _wrapped), "E0610": (_used,), "E0689": (_used,), "E0608": (_used,), "E0308": (_given,)}
)
