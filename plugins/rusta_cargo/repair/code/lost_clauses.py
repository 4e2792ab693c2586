"""Clauses that a condition has lost: ``i < n && …``, ``… || self.high != other.high``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.items import Struct
from rusta_cargo.repair.code.mutating import Change, Scene, operands, short
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.questions import questions

_ASKING = ("filter", "any", "all", "position", "find", "take_while", "skip_while", "retain", "partition", "rposition")
_MOST = 14
_BEFORE = ("&&", "||")
_MIRROR = re.compile(r"^(\w+)\.(\w+)$")


def changes(scene: Scene) -> Iterator[Change]:
    """Further clauses of the conditions of a suspect."""
    for condition in _conditions(scene):
        mine = scene.text(condition)
        for clause, sign, weight in _clauses(scene, condition, mine):
            if clause in mine:
                continue
            yield from _put(scene, condition, clause, sign, weight)


def _conditions(scene: Scene) -> Iterator[Node]:
    """Whole conditions: of ``if`` and ``while``, of closures that ask, and the value of a function that gives a bool."""
    for node in scene.nodes("if_expression", "while_expression"):
        condition = node.child_by_field_name("condition")
        if condition is not None and condition.type not in ("let_condition", "let_chain"):
            yield condition
    for node in scene.nodes("call_expression"):
        callee = node.child_by_field_name("function")
        listed = node.child_by_field_name("arguments")
        closure = nodes.child(listed, "closure_expression")
        if callee is None or closure is None or text(callee.child_by_field_name("field")) not in _ASKING:
            continue
        body = closure.child_by_field_name("body")
        if body is not None and body.type != "block":
            yield body
    if scene.returns == "bool":
        tail = nodes.tail_of(scene.body)
        if tail is not None and tail.type in ("binary_expression", "call_expression", "field_expression", "identifier"):
            yield tail


def _clauses(scene: Scene, condition: Node, mine: str) -> Iterator[tuple[str, str, float]]:
    """(clause, operator, weight)."""
    yield from _mirrored(scene, condition)
    yield from _in_bounds(scene)
    asked = [q for q in questions(scene, condition.start_byte) if q.text not in mine]
    for question in sorted(asked, key=lambda q: -q.weight)[:_MOST]:
        yield question.text, "||", question.weight * 0.4
        yield question.text, "&&", question.weight * 0.4
        if question.either:
            turned = _turned(question.text)
            yield turned, "&&", question.weight * 0.5
            yield turned, "||", question.weight * 0.3
            if question.text.endswith(" == 0"):
                yield question.text.replace(" == 0", " > 0"), "&&", question.weight * 0.5


def _turned(question: str) -> str:
    return question.replace(" == ", " != ") if " == " in question else f"!{question}"


def _mirrored(scene: Scene, condition: Node) -> Iterator[tuple[str, str, float]]:
    """``a.x == b.x`` for another field: ``a.y == b.y``."""
    written = scene.text(condition)
    for node in (condition, *nodes.below(condition, ("binary_expression",))):
        parts = operands(node) if node.type == "binary_expression" else None
        if parts is None:
            continue
        left, right = _MIRROR.match(text(parts[0])), _MIRROR.match(text(parts[2]))
        sign = text(parts[1])
        if left is None or right is None or left[2] != right[2] or sign not in ("==", "!="):
            continue
        for struct in scene.index.of_kind(Struct):
            if struct.field(left[2]) is None:
                continue
            for field in struct.fields:
                if f"{left[1]}.{field.name}" not in written:
                    yield (
                        f"{left[1]}.{field.name} {sign} {right[1]}.{field.name}", "&&" if sign == "==" else "||", 0.3
                    )  # fmt: skip
            break


def _in_bounds(scene: Scene) -> Iterator[tuple[str, str, float]]:
    """``i < items.len()`` where ``items[i]`` stands in the function."""
    seen: set[str] = set()
    for node in scene.nodes("index_expression"):
        if len(node.named_children) != 2:
            continue
        owner, index = node.named_children
        if index.type not in ("identifier", "field_expression", "binary_expression"):
            continue
        bare = index.child_by_field_name("left") if index.type == "binary_expression" else index
        if bare is None or bare.type not in ("identifier", "field_expression") or text(bare) in seen:
            continue
        seen.add(text(bare))
        counted = text(owner) if owner.type in ("identifier", "field_expression") else ""
        if not counted:
            continue
        for clause, weight in (
            (f"{text(bare)} < {counted}.len()", 0.3),
            (f"{text(bare)} < {counted}.len() - 1", 0.15),
            (f"{text(bare)} + 1 < {counted}.len()", 0.1),
        ):
            yield clause, "&&", weight


def _put(scene: Scene, condition: Node, clause: str, sign: str, weight: float) -> Iterator[Change]:
    written = scene.text(condition)
    parts = operands(condition) if condition.type == "binary_expression" else None
    held = written
    if condition.type == "closure_expression" or (parts is not None and text(parts[1]) in _BEFORE):
        if parts is not None and text(parts[1]) != sign:
            held = f"({written})"
    elif condition.type not in ("binary_expression", "call_expression", "field_expression", "identifier",
                                "unary_expression", "macro_invocation", "parenthesized_expression"):  # fmt: skip
        return
    span = (condition.start_byte, condition.end_byte)
    title = f"`{sign} {short(clause)}`"
    front = f"{clause} {sign} {held}"
    back = f"{held} {sign} {clause}"
    # What must hold for the rest to be asked at all stands before it.
    guarding = "[" in written or "len()" in clause
    for new, share in ((front, 1.0 if guarding else 0.6), (back, 0.7 if guarding else 1.0)):
        yield Change("logic", title, ((*span, new),), weight * share, condition.start_byte)
