"""The examples in the documentation of an item, as code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.syntax import parse, walk

_MARK = re.compile(r"^\s*(?://[/!]|\*(?!/)|/\*\*) ?", re.MULTILINE)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_BESIDE = ("line_comment", "block_comment", "attribute_item")


def examples_of(source: bytes, name: str) -> bytes:
    """The examples of every item called ``name``; those of the file itself when it is empty. Hidden lines are in them."""
    root = parse(source).root_node
    if not name:
        return _code("".join(text(child) for child in _first(root)))
    found = []
    for node in walk(root):
        named = node.child_by_field_name("name")
        if named is not None and text(named) == name:
            found.append(_code("".join(text(comment) for comment in reversed(list(_before(node))))))
    return b"\n".join(found)


def _first(root: Node) -> Iterator[Node]:
    """The comments at the beginning of a file."""
    for child in root.children:
        if child.type in ("line_comment", "block_comment"):
            yield child
        elif child.type != "inner_attribute_item":
            return


def _before(item: Node) -> Iterator[Node]:
    """The comments before an item, the last first."""
    node = item.prev_sibling
    while node is not None and node.type in _BESIDE:
        if node.type != "attribute_item":
            yield node
        node = node.prev_sibling


def _code(comments: str) -> bytes:
    """What stands between fences, without the signs of comments."""
    lines: list[str] = []
    inside = False
    for line in _MARK.sub("", comments).splitlines():
        if _FENCE.match(line):
            inside = not inside
        elif inside:
            lines.append(line.removeprefix("# ").removeprefix("#\n"))
    return "\n".join(lines).encode()
