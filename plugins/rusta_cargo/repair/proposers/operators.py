"""Two operands that do not go together: E0277 between operands, E0369, E0368.

Either operand is converted, its declaration retyped, or its type derives or is bound by what the operator needs; text
is joined, ``x += y`` is written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion_place import MEASURED
from rusta_cargo.repair.code.declarations import retyped
from rusta_cargo.repair.code.expected import of_context, of_formula
from rusta_cargo.repair.code.expression import Spot, prefix, smallest, suffix
from rusta_cargo.repair.code.fitting import fitted
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
)
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.literals import literal_of, rewritten
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.operator_traits import COMPARING, SIDES, bounded, derived
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_WANTED_REAL = 0.3


def _binary(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """Both operands, with the types that the message or the labels give."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    node = None if here is None else nodes.enclosing(here.node, ("binary_expression", "compound_assignment_expr"))
    if here is None or node is None or place is None:
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = text(node.child_by_field_name("operator"))
    sides = next((m for pattern in SIDES if (m := pattern.search(diagnostic.message))), None)
    if left is None or right is None:
        return
    told = {(span.start, span.end): span.label or "" for span in diagnostic.spans if not span.primary}
    mine = sides["left"] if sides else told.get((left.start_byte, left.end_byte), "")
    theirs = sides["right"] if sides else told.get((right.start_byte, right.end_byte), "") or here.types.of(right) or ""
    if not mine:
        quoted = re.search(r"type `([^`]+)`", diagnostic.message)
        mine = quoted[1] if quoted else here.types.of(left) or ""
    assigns = operator.endswith("=") and operator not in COMPARING
    if assigns and not sides and types.is_reference(mine):
        yield "change what the reference points at", here.of(left).wrapped(prefix("*")), 0.7
    comparing = operator in COMPARING
    yield from _text_joined(here, left, right, operator, mine, theirs)
    yield from _made_equal(situation, here, left, right, mine, theirs, comparing, assigns)
    whole = operator.removesuffix("=") in ("<<", ">>", "&", "|", "^", "%")
    if whole and types.strip_references(mine) in (*types.FLOATS, "{float}"):
        for title, parts, weight in retyped(here.of(left), "i32" if "{" in mine else "i" + mine[1:]):
            yield title, parts, 0.7 * weight
        if not assigns:
            yield (
                "convert to a whole number first",
                edits.wrap(here.path, left.start_byte, left.end_byte, "(", " as i32)"),
                0.3,
            )
    if assigns and not (sides and types.same(mine, theirs)):
        yield "write the operation out", _spelled_out(here, node, left, right, operator), 0.45
    yield from _strange(here, left, right, operator, mine, theirs)


def _made_equal(
    situation: Situation,
    here: Spot,
    left: Node,
    right: Node,
    mine: str,
    theirs: str,
    comparing: bool,
    assigns: bool,
) -> Iterator[Change]:
    a, b = types.short(mine), types.short(theirs)
    if not a or not b:
        return
    depth = a.count("&") - b.count("&")
    if (
        types.same(types.strip_references(a), types.strip_references(b))
        and depth
        and types.strip_references(a)[:1] != "["
    ):
        side, times = (left, depth) if depth > 0 else (right, -depth)
        lent, other = here.of(side), here.of(right if side == left else left)
        value = side.child_by_field_name("value") if side.type == "reference_expression" else None
        if value is not None:
            yield "compare the value itself", lent.rewritten(text(value)), 0.75
        yield "follow the reference", lent.wrapped(prefix("*" * times)), 0.8
        if other.kind == "unary_expression" and other.text.startswith("*"):
            yield "leave the `*` away", other.rewritten(text(other.node.named_children[0])), 0.6
        if comparing and times == 1:
            yield "compare references", other.wrapped(prefix("&")), 0.45
        return
    goal_left, goal_right = (a, b) if comparing else (types.strip_references(a), types.strip_references(b))
    value_a, value_b = goal_left, goal_right
    if value_b not in ("{integer}", "{float}") or value_a not in types.NUMBERS:
        right_weight = 0.9 if right.type.endswith("_literal") else 0.75
    else:
        right_weight = 0.9
    parent = left.parent
    context = next((kind for kind, _ in of_context(here, parent) if kind), None) if parent else None
    context = context or _wanted_of(situation, here.path, parent)
    if context is not None and not comparing and types.same(context, goal_right) and not assigns:
        right_weight *= 0.6
    literal = literal_of(right)
    if value_a in ("{integer}", "{float}") and literal is not None:
        for new, weight in rewritten(literal, value_a):
            yield f"write `{new}`", here.of(literal).rewritten(new), 0.9 * weight
    if value_a == "{float}" and value_b in types.INTEGERS:
        # Who writes `1.0` wants a real number: the other side becomes one.
        for title, parts, weight in fitted(situation, here.of(right), theirs, _real(here)):
            yield title, parts, 0.75 * weight
    if value_a not in ("{integer}", "{float}"):
        for title, parts, weight in fitted(situation, here.of(right), theirs, goal_left):
            yield title, parts, right_weight * weight
        for title, parts, weight in retyped(here.of(right), goal_left):
            yield title, parts, 0.8 * weight
    if not assigns and (value_b != "{integer}" or types.head(value_a) in MEASURED):
        factor = 0.9 if left.type.endswith("_literal") or right_weight < 0.6 else 0.62
        if value_a == "{float}" and value_b in types.INTEGERS and of_formula(here, left) not in types.INTEGERS:
            factor = _WANTED_REAL
        goal = _real(here) if goal_right == "{float}" else goal_right
        for title, parts, weight in fitted(situation, here.of(left), mine, goal):
            yield title, parts, factor * weight
    if value_b != "{integer}":
        for title, parts, weight in retyped(here.of(left), _real(here) if goal_right == "{float}" else goal_right):
            yield title, parts, 0.8 * weight
    inner = types.inner(types.strip_references(a), "Option")
    if (
        comparing
        and inner is not None
        and (types.same(inner, b) or types.same(types.strip_references(inner), types.strip_references(b)))
    ):
        sign = "&" if types.is_reference(inner) and not types.is_reference(b) else ""
        yield (
            "compare with `Some`",
            edits.wrap(here.path, right.start_byte, right.end_byte, f"Some({sign}", ")"),
            0.7,
        )


def _wanted_of(situation: Situation, path: str, node: Node | None) -> str | None:
    """What another error says that the whole expression should be."""
    for other in situation.diagnostics if node is not None else ():
        place = other.primary
        if other.code == "E0308" and place is not None and place.path == path and node is not None:
            pair = mismatch(other)
            if pair is not None and (place.start, place.end) == (node.start_byte, node.end_byte):
                return pair.expected
    return None


def _real(here: Spot) -> str:
    """The type of real numbers that the function around speaks of."""
    around = text(nodes.enclosing(here.node, ("function_item", "impl_item")))
    return "f32" if "f32" in around and "f64" not in around else "f64"


def _text_joined(here: Spot, left: Node, right: Node, operator: str, mine: str, theirs: str) -> Iterator[Change]:
    """``+`` between pieces of text."""
    heads = {types.head(mine), types.head(theirs)}
    if operator != "+" or not heads & {"str", "String"}:
        return
    if types.head(mine) in ("str", "String") and types.is_reference(mine):
        for maker in (".to_string()", ".to_owned()", ".clone()"):
            yield (
                "own the left side",
                here.of(left).wrapped(suffix(maker)),
                0.5 if maker == ".to_string()" else 0.2,
            )
    if types.head(theirs) not in ("str", "String"):
        added = here.of(right)
        made = suffix(".to_string()").put(added.text, added.strength)
        yield "append it as text", added.rewritten(f"&{made}"), 0.6
    parent = left.parent
    if parent is not None and parent.parent is not None and parent.parent.type != "binary_expression":
        parts = _operands(parent)
        plain = [text(part) for part in parts]
        arguments = ", ".join(plain)
        yield (
            "join with `format!`",
            here.of(parent).rewritten(f'format!("{"{}" * len(plain)}", {arguments})'),
            0.35,
        )


def _operands(node: Node) -> list[Node]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if (
        node.type != "binary_expression"
        or text(node.child_by_field_name("operator")) != "+"
        or left is None
        or right is None
    ):
        return [node]
    return [*_operands(left), right]


def _spelled_out(here: Spot, node: Node, left: Node, right: Node, operator: str) -> tuple[Replacement, ...]:
    """``x += y`` as ``x = x + y``."""
    value = text(right) if here.of(right).strength >= 3 else f"({text(right)})"
    return here.of(node).rewritten(f"{text(left)} = {text(left)} {operator[:-1]} {value}")


def _strange(here: Spot, left: Node, right: Node, operator: str, mine: str, theirs: str) -> Iterator[Change]:
    """An operator that another one was meant for."""
    if operator in ("&", "|") and "bool" not in (mine, theirs):
        return
    if operator in ("+=", "-=") and types.head(mine) in (
        "Vec",
        "String",
        "HashSet",
        "BTreeSet",
        "VecDeque",
    ):
        method = {
            "String": "push_str",
            "HashSet": "insert",
            "BTreeSet": "insert",
            "VecDeque": "push_back",
        }.get(types.head(mine), "push")
        if types.head(mine) == "String" and types.strip_references(theirs) == "char":
            method = "push"
        holder = left.parent
        if holder is not None and operator == "+=":
            yield (
                f"use `{method}`",
                here.of(holder).rewritten(f"{text(left)}.{method}({text(right)})"),
                0.5,
            )
    if operator in ("==", "!="):
        sign = "" if operator == "==" else "!"
        holder = left.parent
        if (
            (
                holder is not None
                and right.type in ("identifier", "scoped_identifier", "call_expression")
                and mine
                and types.same(mine, theirs)
            )
            and right.type != "call_expression"
            and text(right).rpartition("::")[2][:1].isupper()
        ):
            yield (
                "match the variant",
                here.of(holder).rewritten(f"{sign}matches!({text(left)}, {text(right)})"),
                0.25,
            )


_READERS: dict[str, tuple[Reader, ...]] = {
    "E0277": (_binary, bounded), "E0369": (_binary, derived, bounded), "E0368": (_binary, bounded),
    "E0600": (bounded,),
}  # fmt: skip


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for operators between two values."""
    yield from gathered(situation, _READERS)
