"""Failing tests: off by one, a wrong constant, a wrong text, the wrong end of a type's range.

Answers no error: it works where the tree compiles and tests fail. Values that an assertion asks for are only put where
a literal of that kind stands already; nothing is made to depend on a test's input.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.items import Value
from rusta_cargo.repair.code.mutating import (
    Change,
    Scene,
    inside,
    operands,
    ranked,
    replaced,
    short,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation

_INTEGER = re.compile(r"(\d[\d_]*)((?:[iu](?:8|16|32|64|128|size))?)$")
_HOLE = re.compile(r"\{[^{}]*\}")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Numbers, texts and constants in the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from number_slips.changes(scene)
    yield from text_slips.changes(scene)
    yield from _bounds(scene)
    yield from _extremes(scene)
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
    tail = nodes.tail_of(scene.body)
    if tail is not None and scene.returns in types.INTEGERS:
        yield from _steps(scene, tail, "step", 0.06)


def _steps(scene: Scene, node: Node, family: str, weight: float) -> Iterator[Change]:
    if node.type not in ("identifier", "field_expression", "call_expression", "binary_expression"):
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
