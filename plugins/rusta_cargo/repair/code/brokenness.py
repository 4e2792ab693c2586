"""How broken a text is, and how broken it would be after a change: quick enough for dozens of changes of a long file."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter_rust
from tree_sitter import Language, Node, Parser, Point

from rusta_cargo.repair.code.lexer import balanced

_LANGUAGE = Language(tree_sitter_rust.language())
_BALANCING = frozenset(b"()[]{}\"'/*#\\")


class Brokenness:
    """One text, and what changes of it would leave.

    Args:
        brackets: brackets and strings without an end count as one more broken place.
    """

    def __init__(self, source: bytes, *, brackets: bool = False) -> None:
        self._source, self._brackets = source, brackets
        self._parser = Parser(_LANGUAGE)
        self._tree = self._parser.parse(source)
        self._unbalanced = brackets and not balanced(source)

    @property
    def now(self) -> int:
        """Broken places of the text as it is."""
        return _places(self._tree.root_node) + self._unbalanced

    def after(self, start: int, end: int, text: str) -> int:
        """Broken places with ``text`` in place of the bytes ``start..end``. Only what is around it is parsed again."""
        new = text.encode()
        changed = self._source[:start] + new + self._source[end:]
        tree = self._tree.copy()
        first = self._point(start)
        tree.edit(start, end, start + len(new), first, self._point(end), _moved(first, new))
        unbalanced = self._unbalanced
        if self._brackets and not _BALANCING.isdisjoint(self._source[start:end] + new):
            unbalanced = not balanced(changed)
        return _places(self._parser.parse(changed, tree).root_node) + unbalanced

    def _point(self, byte: int) -> Point:
        return _moved(Point(0, 0), self._source[:byte])


def _moved(start: Point, text: bytes) -> Point:
    """The point behind ``text`` that begins at ``start``."""
    lines = text.count(b"\n")
    if not lines:
        return Point(start.row, start.column + len(text))
    return Point(start.row + lines, len(text) - text.rfind(b"\n") - 1)


def _places(root: Node) -> int:
    return sum(1 for _ in _broken(root))


def _broken(root: Node) -> Iterator[Node]:
    """Error nodes and tokens that the grammar had to imagine; what is whole is not looked into."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            yield node
        if node.has_error:
            waiting.extend(node.children)
