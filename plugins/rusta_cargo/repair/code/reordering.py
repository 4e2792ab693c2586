"""Moving statements: which statements of one block hold some places, whether one may pass others, and how to move it.

A move is syntactically safe when no name is used before it is bound. Whether the order of effects matters is for the
tests to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.usage import bound_by, mentions
from rusta_cargo.repair.proposer import Replacement

_REMARKS = ("line_comment", "block_comment", "attribute_item", "label")


@dataclass(frozen=True)
class Row:
    """The statements of a block, and the number of the one that holds each of some places."""

    block: Node
    statements: tuple[Node, ...]
    at: tuple[int, ...]


def row(root: Node, places: Sequence[int]) -> Row | None:
    """The innermost block that holds all ``places`` (bytes)."""
    block: Node | None = nodes.block_of(nodes.node_at(root, min(places), max(places)))
    if block is None:
        return None
    listed = tuple(child for child in block.named_children if child.type not in _REMARKS)
    found = []
    for place in places:
        number = next((n for n, s in enumerate(listed) if s.start_byte <= place < s.end_byte), None)
        if number is None:
            return None
        found.append(number)
    return Row(block, listed, tuple(found))


def is_tail(statement: Node) -> bool:
    """It gives the value of its block (or ends it without a semicolon)."""
    ends = text(statement)[-1:]
    last = statement.next_named_sibling
    while last is not None and last.type in _REMARKS:
        last = last.next_named_sibling
    return last is None and ends not in (";", "}") and statement.type != "let_declaration"


def may_rise(statement: Node, over: Sequence[Node]) -> bool:
    """``statement`` uses nothing that ``over`` binds, and binds nothing that they use."""
    bound = set().union(*(bound_by(other) for other in over)) if over else set()
    mine = bound_by(statement)
    return (
        not is_tail(statement) and not mentions(statement, bound) and not any(mentions(other, mine) for other in over)
    )


def may_sink(statement: Node, under: Sequence[Node]) -> bool:
    """Nothing of ``under`` uses what ``statement`` binds, nor the other way round."""
    mine = bound_by(statement)
    bound = set().union(*(bound_by(other) for other in under)) if under else set()
    return not any(mentions(other, mine) or is_tail(other) for other in under) and not mentions(statement, bound)


def dedented(source: bytes, node: Node) -> str:
    """The text of a node without the indentation of its first line on the others."""
    indent = nodes.indent_at(source, node.start_byte)
    first, *rest = text(node).split("\n")
    return "\n".join([first, *(line.removeprefix(indent) for line in rest)])


def move_before(path: str, source: bytes, statement: Node, anchor: Node) -> tuple[Replacement, ...]:
    """Takes ``statement`` away and puts it in front of ``anchor``."""
    return (
        edits.line_before(path, source, anchor.start_byte, dedented(source, statement)),
        edits.delete_lines(path, source, statement.start_byte, statement.end_byte),
    )


def move_after(path: str, source: bytes, statement: Node, anchor: Node) -> tuple[Replacement, ...]:
    """Takes ``statement`` away and puts it behind ``anchor``."""
    return (
        edits.delete_lines(path, source, statement.start_byte, statement.end_byte),
        edits.line_after(path, source, anchor.start_byte, anchor.end_byte, dedented(source, statement)),
    )


def let_before(path: str, source: bytes, statement: Node, name: str, value: str) -> Replacement:
    """``let name = value;`` on a line before a statement."""
    return edits.line_before(path, source, statement.start_byte, f"let {name} = {value};")


def widest_statement(node: Node, inside: Node) -> Node | None:
    """The statement of the block ``inside`` that holds ``node``."""
    for current in nodes.ancestors(node):
        if current.parent is not None and current.parent.id == inside.id:
            return current
    return None
