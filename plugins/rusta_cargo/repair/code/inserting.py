"""Where a statement may be put into a function, and how it is written there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.mutating import Scene, begin_of
from rusta_cargo.repair.code.nodes import text

_COMMENTS = ("line_comment", "block_comment", "attribute_item", "inner_attribute_item")
_ENDED = (";", "}")
_GIVEN = re.compile(r"([a-z_]\w*)\s*[-+*/]?=(?!=)")
# Blocks that are there for what they do.
_EMPTIED = ("if_expression", "for_expression", "while_expression", "loop_expression")


@dataclass(frozen=True)
class Place:
    """A place between the statements of ``block``; ``last``: nothing but the block's value may follow.

    ``before``: what is inserted stands in front of ``at`` on a line of its own, otherwise behind it.
    """

    block: Node
    at: int
    indent: str
    before: bool
    last: bool

    def put(self, statement: str) -> tuple[tuple[int, int, str], ...]:
        """The edit that puts ``statement`` here; its further lines are indented from nothing."""
        lines = statement.replace("\n", f"\n{self.indent}")
        new = f"{lines}\n{self.indent}" if self.before else f"\n{self.indent}{lines}"
        return ((self.at, self.at, new),)


def places(scene: Scene) -> Iterator[Place]:
    """Every place for a statement in the function, in the order of the text."""
    body = scene.body
    if body is None or body.type != "block":
        return
    for block in (body, *(b for b in nodes.below(body, ("block",)) if b != body)):
        inner = statements(block)
        if not inner and block.parent is not None and block.parent.type in _EMPTIED:
            indent = nodes.indent_at(scene.source, block.end_byte - 1) + nodes.indent_unit(scene.source)
            yield Place(block, block.start_byte + 1, indent, False, True)
        if not inner or "\n" not in scene.text(block):
            continue
        for index, node in enumerate(inner):
            begin = begin_of(scene, node)
            yield Place(block, begin, nodes.indent_at(scene.source, begin), True, index == len(inner) - 1)
        end = inner[-1]
        if end.type in nodes.STATEMENTS and not _leaves(end) and text(end).endswith(_ENDED):
            yield Place(block, end.end_byte, nodes.indent_at(scene.source, begin_of(scene, end)), False, True)


def sets_again(scene: Scene, place: Place, statement: str) -> bool:
    """``count = 1;`` directly behind ``let mut count = 0;``: whoever meant that wrote another value there."""
    given = _GIVEN.match(statement)
    if given is None:
        return False
    before = scene.source[place.block.start_byte : place.at].decode("utf-8", "replace")
    return re.search(rf"\blet (?:mut )?{given[1]}\b[^;]*;\s*$", before) is not None


def statements(block: Node) -> list[Node]:
    """The statements and the value of a block, without comments."""
    return [child for child in block.named_children if child.type not in _COMMENTS]


def _leaves(statement: Node) -> bool:
    """Nothing after it is ever reached."""
    inner = statement.named_children[0] if statement.named_children else statement
    return inner.type in ("return_expression", "break_expression", "continue_expression")
