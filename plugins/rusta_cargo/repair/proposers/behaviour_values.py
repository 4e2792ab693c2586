"""Failing tests: off by one, a wrong constant, a wrong text, the wrong end of a type's range.

Answers no error: it works where the tree compiles and tests fail. Values that an assertion asks for are only put where
a literal of that kind stands already; nothing is made to depend on a test's input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, number_slips, other_literals, series_slips, text_slips, types
from rusta_cargo.repair.code.items import Value
from rusta_cargo.repair.code.mutating import (
    Change,
    Scene,
    operands,
    ranked,
    replaced,
    short,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import bindings_at
from rusta_cargo.repair.proposer import Candidate, Situation

_START = {"0": ("MIN", "MAX"), "0.0": ("NEG_INFINITY", "INFINITY", "MIN", "MAX")}


def propose(situation: Situation) -> Iterator[Candidate]:
    """Numbers, texts and constants in the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from series_slips.changes(scene)
    yield from number_slips.changes(scene)
    yield from text_slips.changes(scene)
    yield from other_literals.changes(scene)
    yield from _bounds(scene)
    yield from _dividends(scene)
    yield from _extremes(scene)
    yield from _starts(scene)
    yield from _constants(scene)


def _bounds(scene: Scene) -> Iterator[Change]:
    """One too many or too few in an index, a bound of a range, or a length that is compared."""
    for node in scene.nodes("index_expression"):
        index = node.named_children[-1]
        if index.type in ("range_expression", "integer_literal") or len(node.named_children) < 2:
            continue
        yield from _steps(scene, index, "index", 0.12)
    for node in scene.nodes("range_expression"):
        for side in node.named_children:
            if side.type != "integer_literal":
                yield from _steps(scene, side, "step", 0.12)
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("<", "<=", ">", ">=", "=="):
            continue
        for side in (parts[0], parts[2]):
            if text(side).endswith((".len()", ".count()")):
                yield from _steps(scene, side, "step", 0.1)
    for node in scene.nodes("assignment_expression", "let_declaration"):
        given = node.child_by_field_name("right") or node.child_by_field_name("value")
        if given is not None and scene.types.of(given) in (*types.INTEGERS, "{integer}"):
            yield from _steps(scene, given, "step", 0.05)
    for node in scene.nodes("call_expression"):
        listed = node.child_by_field_name("arguments")
        if text(node.child_by_field_name("function")) in ("Some", "Ok") and listed is not None:
            for side in listed.named_children[:1]:
                if scene.types.of(side) in (*types.INTEGERS, "{integer}"):
                    yield from _steps(scene, side, "step", 0.05)
    for node in scene.nodes("arguments"):
        callee = node.parent.child_by_field_name("function") if node.parent is not None else None
        if callee is not None and callee.type == "field_expression":
            for side in node.named_children[:3]:
                length = text(side).endswith(".len()")
                if length or (side.type == "identifier" and scene.types.of(side) in types.INTEGERS):
                    yield from _steps(scene, side, "step", 0.12 if length else 0.06)
    tail = nodes.tail_of(scene.body)
    if tail is not None and scene.returns in types.INTEGERS:
        for change in _steps(scene, tail, "step", 0.06):
            yield replace(change, always=True)


def _steps(scene: Scene, node: Node, family: str, weight: float) -> Iterator[Change]:
    if node.type not in (
        "identifier",
        "field_expression",
        "call_expression",
        "binary_expression",
        "type_cast_expression",
    ):
        return
    parts = operands(node) if node.type == "binary_expression" else None
    if node.type == "binary_expression" and parts is None:
        return
    if parts is not None and (text(parts[1]) not in ("+", "-") or parts[2].type == "integer_literal"):
        return
    if parts is None and node.parent is not None and node.parent.type == "binary_expression":
        around = operands(node.parent)
        if around is not None and text(around[1]) in ("*", "/", "%"):
            return
    for sign in ("-", "+"):
        put = ((node.end_byte, node.end_byte, f" {sign} 1"),)
        yield Change(family, f"`{short(scene.text(node))} {sign} 1`", put, weight, node.start_byte)


def _dividends(scene: Scene) -> Iterator[Change]:
    """``(a + b) / c`` where ``(a + b - 1) / c`` was meant; ``a / b`` rounded up."""
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("/", "%", "*"):
            continue
        for side in (parts[0], parts[2]):
            inner = side.named_children[0] if side.type == "parenthesized_expression" else None
            sums = operands(inner) if inner is not None and inner.type == "binary_expression" else None
            if inner is None or sums is None or text(sums[1]) not in "+-" or sums[2].type == "integer_literal":
                continue
            for sign, weight in (("-", 0.15), ("+", 0.1)):
                put = ((inner.end_byte, inner.end_byte, f" {sign} 1"),)
                title = f"`({short(scene.text(inner))} {sign} 1) {text(parts[1])} …`"
                yield Change("step", title, put, weight, inner.start_byte)
        kind = scene.types.of(parts[0])
        if text(parts[1]) == "/" and kind is not None and kind.startswith("u"):
            held = parts[0].type in ("identifier", "field_expression", "call_expression", "parenthesized_expression")
            whole = scene.text(parts[0]) if held else f"({scene.text(parts[0])})"
            put_up = f"{whole}.div_ceil({scene.text(parts[2])})"
            yield Change("step", f"`{short(put_up)}`: rounded up", replaced(node, put_up), 0.1, node.start_byte)


def _starts(scene: Scene) -> Iterator[Change]:
    """The search for a largest or smallest value begins with nothing instead of with the other end of all values."""
    for node in scene.nodes("let_declaration"):
        value, name = node.child_by_field_name("value"), node.child_by_field_name("pattern")
        if value is None or name is None or text(value) not in _START or nodes.child(node, "mutable_specifier") is None:
            continue
        binding = next((b for b in bindings_at(scene.root, node.end_byte) if b.name == text(name)), None)
        kind = None if binding is None else scene.types.of_binding(binding)
        if kind is None or kind.startswith("{"):
            kind = _compared(scene, text(name))
        if kind not in (*types.INTEGERS, *types.FLOATS):
            continue
        compared = any(f"{sign} {text(name)}" in scene.text(scene.body) for sign in "<>")
        for last in _START[text(value)]:
            if kind.startswith("u") and last == "MIN":
                continue
            put = f"{kind}::{last}"
            weight = (0.6 if scene.evidence.below_zero else 0.3) if compared else 0.05
            yield Change("initial", f"begin with `{put}`", replaced(value, put), weight, value.start_byte)


def _compared(scene: Scene, name: str) -> str | None:
    """The type of what a variable is compared with or set to."""
    for node in scene.nodes("binary_expression", "assignment_expression"):
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        for mine, other in ((left, right), (right, left)):
            if text(mine) == name and other is not None:
                kind = scene.types.of(other)
                if kind is not None and not kind.startswith("{"):
                    return types.strip_references(kind)
    return scene.returns if scene.returns in (*types.INTEGERS, *types.FLOATS) else None


def _extremes(scene: Scene) -> Iterator[Change]:
    """The other end of a type's range."""
    for node in scene.nodes("scoped_identifier"):
        if text(node).endswith(("::MAX", "::MIN")):
            last = node.child_by_field_name("name")
            if last is not None:
                other_name = "MIN" if text(last) == "MAX" else "MAX"
                yield Change(
                    "constant",
                    f"`{other_name}` instead of `{text(last)}`",
                    replaced(last, other_name),
                    0.3,
                    last.start_byte,
                )


def _constants(scene: Scene) -> Iterator[Change]:
    """Another constant of the crate of the same type."""
    typed = {v.name: (v, types.tidy(v.type.text)) for v in scene.index.of_kind(Value) if v.type}
    for node in scene.nodes("identifier"):
        if text(node) not in typed or node.parent is None or node.parent.type == "scoped_identifier":
            continue
        mine, kind = typed[text(node)]
        for other, other_kind in typed.values():
            beside = (other.parent, other.module) == (mine.parent, mine.module)
            if other.name != mine.name and beside and other_kind == kind:
                title = f"`{other.name}` instead of `{mine.name}`"
                yield Change("constant", title, replaced(node, other.name), 0.1, node.start_byte)
