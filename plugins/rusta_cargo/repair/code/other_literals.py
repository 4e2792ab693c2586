"""Literals of a function in each other's place: 1000.0 for 1024.0, ``b'a'`` for ``b'A'``, 5 and 9 exchanged."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code.mutating import Change, Scene, inside, operands, replaced, swapped
from rusta_cargo.repair.code.nodes import text

_NUMBERS = ("integer_literal", "float_literal")
_MOST = 6
_SMALL = ("0", "1", "0.0", "1.0", "2", "2.0")


def changes(scene: Scene) -> Iterator[Change]:
    """Another literal of the same function, the other case of a letter, the factors of a product exchanged."""
    for kind in _NUMBERS:
        found = list(scene.nodes(kind))
        others = list(dict.fromkeys(text(node) for node in found if text(node) not in _SMALL))
        for node in found:
            for other in others[:_MOST]:
                if other != text(node) and text(node) not in _SMALL and not inside(node, ("match_pattern",)):
                    title = f"`{other}` instead of `{text(node)}`, as beside"
                    yield Change("constant", title, replaced(node, other), 0.12, node.start_byte)
    for node in scene.nodes("char_literal"):
        quoted = text(node)
        letter = quoted.strip("b'")
        if len(letter) == 1 and letter.isascii() and letter.isalpha():
            put = quoted[: -1 - len(letter)] + letter.swapcase() + "'"
            title = f"`{put}` instead of `{quoted}`"
            yield Change("constant", title, replaced(node, put), 0.12, node.start_byte)
    for node in scene.nodes("binary_expression"):
        if node.parent is None or node.parent.type != "binary_expression" or not _product(node.parent):
            factors = _factors(node)
            for left, right in itertools.combinations(factors, 2):
                if text(left) != text(right):
                    title = f"exchange `{text(left)}` and `{text(right)}`"
                    yield Change("swap", title, swapped(scene, left, right), 0.2, left.start_byte)


def _product(node: Node) -> bool:
    parts = operands(node)
    return parts is not None and text(parts[1]) in ("*", "/", "%")


def _factors(node: Node) -> list[Node]:
    """The literal factors of a product, its divisors among them."""
    if node.type in _NUMBERS:
        return [node]
    parts = operands(node) if node.type == "binary_expression" and _product(node) else None
    return [] if parts is None else [*_factors(parts[0]), *_factors(parts[2])]
