"""Counting with characters: E0369 and E0277 about ``char`` and a number.

``c + 1`` is the letter after ``c``: the arithmetic is done on its byte or its number. ``c - '0'`` is a distance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.nodes import text

_NUMBER = re.compile(r"cannot (?:add|subtract) `(?P<right>[^`]+)` (?:to|from) `(?P<left>char)`")
_NUMBERS = ("{integer}", "u8", "u32", "usize", "i32")


def _counted(case: Case) -> Iterator[Answer]:
    told = _NUMBER.search(case.diagnostic.message)
    if told is None:
        return
    root = opened(case.source, case.place.start, case.place.end)
    node = nodes.enclosing(nodes.node_at(root, case.place.start, case.place.end), "binary_expression")
    if node is None:
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    sign = text(node.child_by_field_name("operator"))
    if told["right"] == "char":
        yield from _distance(case, node, left, right, sign)
    elif told["right"] in _NUMBERS:
        number = text(right) if told["right"] in ("{integer}", "u8") else f"{_held(right)} as u8"
        whole = f"({_held(left)} as u8 {sign} {number}) as char"
        yield Answer(
            "count on the byte of the character", (edits.replace_node(case.path, node, _loose(node, whole)),), 0.65
        )


def _distance(case: Case, node: Node, left: Node, right: Node, sign: str) -> Iterator[Answer]:
    """``c - '0'``: how far the two are apart, as the number that is wanted around it."""
    if sign != "-":
        return
    byte = f"b{text(right)}" if right.type == "char_literal" else f"{_held(right)} as u8"
    outer = node.parent
    held = outer is not None and outer.type == "parenthesized_expression"
    cast = outer.parent if held and outer is not None else outer
    plain = f"{_held(left)} as u8 - {byte}"
    if cast is not None and cast.type == "type_cast_expression":
        written = plain if held else f"({plain})"
        yield Answer("subtract the bytes", (edits.replace_node(case.path, node, written),), 0.75)
        return
    yield Answer("subtract the bytes", (edits.replace_node(case.path, node, plain),), 0.55)
    for kind, weight in (("u32", 0.4), ("usize", 0.35), ("i32", 0.3)):
        whole = _loose(node, f"({plain}) as {kind}")
        yield Answer(f"subtract the bytes, as `{kind}`", (edits.replace_node(case.path, node, whole),), weight)


def _held(node: Node) -> str:
    loose = node.type in ("binary_expression", "range_expression", "closure_expression", "unary_expression")
    return f"({text(node)})" if loose else text(node)


def _loose(node: Node, cast: str) -> str:
    """A cast in brackets where it stands before a method."""
    outer = node.parent
    if outer is not None and outer.type == "parenthesized_expression":
        return cast
    return f"({cast})" if outer is not None and outer.type in ("field_expression", "binary_expression") else cast


propose = answering({"E0369": (_counted,), "E0277": (_counted,)})
