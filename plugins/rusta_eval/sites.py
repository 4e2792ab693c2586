"""What operators share: walking a tree, the text of a node, the span of a word or of an element of a list."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo import Node, text_of, walk

# (start, end, replacement) of every place where an operator may strike.
Sites = Iterator[tuple[int, int, str]]


def written(node: Node | None) -> str:
    return text_of(node).decode("utf-8", "replace")


def nodes(root: Node, *kinds: str) -> Iterator[Node]:
    return (node for node in walk(root) if node.type in kinds)


def with_space(node: Node) -> tuple[int, int]:
    """The span of a word and the space after it."""
    following = node.next_sibling
    return node.start_byte, following.start_byte if following is not None else node.end_byte


def element(node: Node) -> tuple[int, int]:
    """The span of a list element with one of its commas."""
    following, before = node.next_sibling, node.prev_sibling
    if following is not None and following.type == ",":
        after = following.next_sibling
        return (
            node.start_byte,
            after.start_byte if after is not None and after.type != ")" else following.end_byte,
        )
    if before is not None and before.type == ",":
        return before.start_byte, node.end_byte
    return node.start_byte, node.end_byte
