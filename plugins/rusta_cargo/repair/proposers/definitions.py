"""Declarations of the wrong type, mended instead of their uses: E0308, and E0277 and E0369 between two operands.

The written type of a ``let``, parameter, field, constant, result or array becomes what it is given, or what it is used
as; a first literal is written as the other type. The more errors one edit of a declaration would answer, the likelier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.calls import definition
from rusta_cargo.repair.code.declarations import (
    Edit,
    inside,
    lent,
    piece_changed,
    retyped,
    substituted,
    written,
)
from rusta_cargo.repair.code.expression import Spot, smallest, spot
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Field, Function, ItemIndex, Struct
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.reference_marks import marks, only_marks_differ, remarked
from rusta_cargo.repair.code.structs import declaration
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

CODES = ("E0308",)
MOST = 12
# What one error more that the same edit answers takes of the doubt that is left.
CONFIRMED, SUREST = 0.6, 0.92
_SIZES = re.compile(
    r"expected an array with a (?:fixed )?size of (\d+)(?: elements?)?, found one with (?:a size of )?(\d+)"
)
RISK = "changes the type of a declaration"
# Labels on a written type that decided what was expected, and how often it is the wrong side.
_WRITTEN = {
    "expected due to this": 0.3, "because of return type": 0.25, "because of the type of the constant": 0.3,
    "because of the type of the static": 0.3, "expected due to the type of this binding": 0.3,
    "expected `": 0.1,
}  # fmt: skip


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates that change a declaration; those that several errors ask for have a higher prior."""
    index: ItemIndex | None = None
    found: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in CODES or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        for title, parts, weight in _edits(situation, index, diagnostic):
            known = found.get(parts)
            if known is None:
                found[parts] = (title, weight, [number])
            elif number not in known[2]:
                found[parts] = (known[0], max(weight, known[1]), [*known[2], number])
    ranked = sorted(found.items(), key=lambda entry: -_prior(entry[1][1], entry[1][2]))
    per: dict[int, int] = {}
    for parts, (title, weight, numbers) in ranked:
        per[numbers[0]] = per.get(numbers[0], 0) + 1
        if per[numbers[0]] <= MOST:
            yield Candidate(
                title, parts, _prior(weight, numbers), diagnostic=numbers[0] if len(numbers) == 1 else None,
                risk=(RISK,), cites=("E0308",),
            )  # fmt: skip


def _prior(weight: float, numbers: list[int]) -> float:
    return min(SUREST, max(0.01, 1.0 - (1.0 - weight) * (1.0 - CONFIRMED) ** (len(numbers) - 1)))


def _edits(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Edit]:
    pair, place = mismatch(diagnostic), diagnostic.primary
    if place is None:
        return
    here = spot(situation, index, place)
    if here is not None:
        yield from _array(situation, diagnostic, here)
    if pair is None:
        return
    for span in diagnostic.spans:
        yield from _labelled(situation, index, span, pair.found, here)
    if here is None:
        return
    yield from _parameter(index, diagnostic, here, pair.found)
    yield from _field_of(here, pair.found)
    yield from retyped(here, pair.expected)
    yield from substituted(here, pair.found, pair.expected)
    yield from _around(here, pair.expected, pair.found)
    other_side = _operand_beside(here.node)
    if other_side is not None:
        yield from retyped(here.of(other_side), pair.found)
    for span in diagnostic.spans:
        if not span.primary and "expected because this is" in (span.label or ""):
            other = spot(situation, index, span)
            if other is not None:
                yield from retyped(other, pair.found)


def _operand_beside(node: Node) -> Node | None:
    """What ``node`` is compared, computed or assigned with: its declaration may be the wrong one of the two."""
    holder = node.parent
    if holder is None or holder.type not in ("binary_expression", "compound_assignment_expr", "assignment_expression"):
        return None
    left, right = holder.child_by_field_name("left"), holder.child_by_field_name("right")
    return left if node == right else right if node == left else None


def _labelled(situation: Situation, index: ItemIndex, span: Span, found: str, here: Spot | None) -> Iterator[Edit]:
    """A written type that a label points at becomes the type of what was found."""
    label = span.label or ""
    weight = next((value for needle, value in _WRITTEN.items() if needle in label), None)
    if weight is None or span.primary:
        return
    near = smallest(situation, index, span.path, span.start, span.end)
    if near is None:
        return
    node = near.node
    holder = node.parent
    if "binding" in label:
        binder = nodes.enclosing(node, ("let_declaration", "parameter"))
        kind = None if binder is None else binder.child_by_field_name("type")
        node = kind if kind is not None else node
        holder = binder
    in_let = holder is not None and holder.type == "let_declaration"
    # The label may point at a value as well; only types are meant here.
    if holder is None or (
        holder.child_by_field_name("type") != node and holder.child_by_field_name("return_type") != node
    ):
        return
    if only_marks_differ(text(node), found):
        named = "mut" in text(holder.child_by_field_name("name")).split("_")
        changes = remarked(span.path, node.start_byte, text(node), marks(found))
        yield "make the declared references as mutable as the value", changes, 0.93 if named else 0.6
        return
    new = written(found, holes=in_let)
    if holder.type == "function_item" and new is not None and here is not None:
        outer = types.head(text(node))
        if outer in ("Result", "Option") and types.head(new) != outer:
            weight *= 0.6
    if new is None or new == text(node):
        return
    if new.startswith("&") and not in_let and not new.startswith("&'") and "parameter" not in holder.type:
        new, weight = f"&'static {new[1:]}", weight * 0.6
    yield (
        f"change the declared type to `{new}`",
        (edits.replace_node(span.path, node, new),),
        weight,
    )


def _parameter(index: ItemIndex, diagnostic: Diagnostic, here: Spot, found: str) -> Iterator[Edit]:
    """The parameter (or member of a tuple struct) that the argument is for."""
    arguments = here.node.parent
    if arguments is None or arguments.type not in ("arguments", "tuple_expression"):
        return
    item = definition(diagnostic, index)
    if not isinstance(item, Function | Struct):
        return
    spans = edits.elements_of(arguments)
    at = next((i for i, span in enumerate(spans) if span[0] == here.node.start_byte), None)
    if at is None:
        return
    generic = {g.name for g in item.generics}
    if isinstance(item, Function):
        callee = arguments.parent.child_by_field_name("function") if arguments.parent is not None else None
        by_path = callee is not None and callee.type != "field_expression" and item.is_method
        at -= 1 if by_path else 0
        parts = [(p.name, p.type) for p in item.parameters]
        in_trait = getattr(item.owner, "trait", None) is not None or (
            item.owner is not None and item.owner.kind == "trait"
        )
        if in_trait:
            return
    else:
        parts = [(f.name, f.type) for f in item.fields]
    if 0 <= at < len(parts) and parts[at][1].text not in generic:
        name, piece = parts[at]
        new = written(found)
        if new is not None:
            new = lent(piece.text, new)
            new = new if not isinstance(item, Struct) or not new.startswith("&") else f"&'static {new[1:]}"
            change = edits.replace(item.path, piece.start, piece.end, new)
            yield f"declare the parameter `{name}` as `{new}`", (change,), 0.2


def field_for(here: Spot) -> tuple[Struct | None, Field | None]:
    """The declared field that a value in a struct expression is for."""
    holder = here.node.parent
    if holder is None or holder.type not in (
        "field_initializer",
        "field_initializer_list",
        "shorthand_field_initializer",
    ):
        return None, None
    name = text(holder.child_by_field_name("field")) if holder.type == "field_initializer" else here.text
    literal = nodes.around(here.node, "struct_expression")
    kind = None if literal is None else literal.child_by_field_name("name")
    struct = None if kind is None else declaration(here.index, text(kind), here.path, here.node.start_byte)
    return struct, None if struct is None else struct.field(name)


def _field_of(here: Spot, found: str) -> Iterator[Edit]:
    """The field that the value is for."""
    struct, field = field_for(here)
    if struct is not None and field is not None:
        generic = {g.name for g in (*struct.generics, *(struct.parent.generics if struct.parent else ()))}
        if field.type.text not in generic:
            yield from piece_changed(struct.path, field.type, found, f"the field `{field.name}`", 0.22)


def _around(here: Spot, want: str, found: str) -> Iterator[Edit]:
    """The declared type of the ``let`` or the receiver that the value goes into."""
    current = here.node.parent
    while current is not None and current.type not in (
        "block",
        "closure_expression",
        "function_item",
    ):
        if current.type == "let_declaration":
            kind, value = current.child_by_field_name("type"), current.child_by_field_name("value")
            if kind is not None and value is not None and value != here.node:
                yield from inside(here.path, text(kind), kind.start_byte, want, found, "the binding")
            return
        if current.type == "call_expression":
            callee = current.child_by_field_name("function")
            if callee is not None and callee.type == "field_expression":
                yield from substituted(here.of(callee), want, found)
            elif text(callee) not in ("Some", "Ok", "Err", "Box::new"):
                return
        current = current.parent


def _array(situation: Situation, diagnostic: Diagnostic, here: Spot) -> Iterator[Edit]:
    """The length of an array: in the expression ``[x; n]``, or in the declared type."""
    told = next((m for span in diagnostic.spans if (m := _SIZES.search(span.label or ""))), None)
    if told is None:
        return
    length = here.node.child_by_field_name("length") if here.kind == "array_expression" else None
    if length is not None:
        yield (
            f"make the array {told[1]} long",
            (edits.replace_node(here.path, length, told[1]),),
            0.5,
        )
    pieces: list[tuple[str, str, int]] = []
    for span in diagnostic.spans:
        if not span.primary and "expected due to this" in (span.label or ""):
            pieces.append((span.path, situation.text(span.path, span.start, span.end), span.start))
    holder = nodes.enclosing(here.node, ("const_item", "static_item", *nodes.ITEMS))
    kind = None if holder is None else holder.child_by_field_name("type")
    if holder is not None and kind is not None and holder.type in ("const_item", "static_item") and not pieces:
        pieces.append((here.path, text(kind), kind.start_byte))
    struct, field = field_for(here)
    if struct is not None and field is not None:
        pieces.append((struct.path, field.type.text, field.type.start))
    for path, declared, start in pieces:
        old = declared.rpartition(";")[2].strip(" ]")
        if old.isdecimal() or old == told[1]:
            at = start + declared.rindex(old)
            yield (
                f"declare {told[2]} elements",
                (edits.replace(path, at, at + len(old), told[2]),),
                0.3,
            )
