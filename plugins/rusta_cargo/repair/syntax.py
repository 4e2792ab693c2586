"""The syntax tree of a Rust file: parsing, walking, and what counts as code.

The tree is there for broken text too (with error nodes), so everything built on it works on a crate that does not
compile. All functions are pure; positions are byte offsets.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock

import tree_sitter_rust
from tree_sitter import Language, Node, Parser, Tree

_LANGUAGE = Language(tree_sitter_rust.language())
COMMENTS = ("line_comment", "block_comment")


# A tree takes some twenty times the room of its text.
KEPT_BYTES, KEPT_LEAST = 2 << 20, 16


class _Trees:
    """The trees of the texts asked for last: of two megabytes of text, or of sixteen texts if these are longer.

    Proposers go through all files of a crate again and again, so a bound on the number of texts alone would be too
    small for many files, or too large for long ones.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Tree] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def of(self, source: bytes) -> Tree:
        """The tree of ``source``, from the store or made."""
        with self._lock:
            known = self._kept.get(source)
            if known is not None:
                self._kept.move_to_end(source)
                return known
        tree = Parser(_LANGUAGE).parse(source)
        with self._lock:
            if source not in self._kept:
                self._kept[source] = tree
                self._bytes += len(source)
            while self._bytes > KEPT_BYTES and len(self._kept) > KEPT_LEAST:
                gone, _ = self._kept.popitem(last=False)
                self._bytes -= len(gone)
        return tree

    def __len__(self) -> int:
        return len(self._kept)


TREES = _Trees()


def parse(source: bytes) -> Tree:
    """The syntax tree of ``source``."""
    return TREES.of(source)


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything below it, in the order of the text."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.children))


def text_of(node: Node | None) -> bytes:
    """The text of a node; nothing for None."""
    return b"" if node is None or node.text is None else node.text


def tokens_of(node: Node) -> tuple[bytes, ...]:
    """The leaves at and below ``node`` without comments: what counts as code."""
    found: list[bytes] = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in COMMENTS:
            continue
        if current.child_count:
            waiting.extend(reversed(current.children))
        elif current.end_byte > current.start_byte:
            found.append(text_of(current))
    return tuple(found)


@lru_cache(maxsize=128)
def tokens(source: bytes) -> tuple[bytes, ...]:
    """The tokens of a whole text."""
    return tokens_of(parse(source).root_node)


@lru_cache(maxsize=128)
def differing(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """Both texts without the top-level items that they share at the beginning and at the end.

    Guards and risk look at one changed function at a time; this keeps them quick on a file of any size. Attributes and
    comments in front of a changed item stay with it.
    """
    old, new = parse(before).root_node.children, parse(after).root_node.children
    head = 0
    while head < min(len(old), len(new)) and _same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and _same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    prefixes = ("attribute_item", *COMMENTS)
    while head and old[head - 1].type in prefixes:
        head -= 1
    # A changed attribute belongs to the unchanged item behind it.
    while tail and any(len(side) > tail and side[-1 - tail].type in prefixes for side in (old, new)):
        tail -= 1
    return _between(before, old, head, tail), _between(after, new, head, tail)


def _same(left: Node, right: Node) -> bool:
    return left.type == right.type and text_of(left) == text_of(right)


def _between(source: bytes, children: list[Node], head: int, tail: int) -> bytes:
    middle = children[head : len(children) - tail]
    return source[middle[0].start_byte : middle[-1].end_byte] if middle else b""
