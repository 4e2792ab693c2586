"""A name written anew everywhere in the tree: identifiers in code, in macros, and in the braces of format strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.format_strings import holes_of
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Situation
from rusta_schemas.diagnostic import Replacement

_NAMES = (
    "identifier", "type_identifier", "field_identifier", "shorthand_field_identifier",
)  # fmt: skip
_MOST = 400


def everywhere(situation: Situation, paths: Iterable[str], old: str, new: str) -> tuple[Replacement, ...]:
    """The edits that write ``new`` for every ``old``. Nothing when ``new`` is taken in one of the files already."""
    parts: list[Replacement] = []
    for path in paths:
        source = situation.source(path)
        if re.search(rb"\b" + re.escape(new.encode()) + rb"\b", source):
            return ()
        if old.encode() in source:
            root = situation.syntax(path).root_node
            parts += within(path, source, root, old, new)
        if len(parts) > _MOST:
            return ()
    return tuple(parts)


def within(path: str, source: bytes, scope: Node, old: str, new: str) -> Iterator[Replacement]:
    """The edits that write ``new`` for ``old`` at and below ``scope``; ``S { old }`` becomes ``S { old: new }`` only
    where ``old`` is a local, which is not known here, so it becomes ``S { new }``."""
    wanted = old.encode()
    for node in nodes.below(scope, (*_NAMES, "string_literal", "raw_string_literal")):
        if node.type in _NAMES:
            if node.text == wanted:
                yield edits.replace_node(path, node, new)
        elif b"{" + wanted in text(node).encode() and nodes.around(node, "token_tree"):
            for hole in holes_of(source, node):
                if hole.argument == old:
                    start = source.find(wanted, hole.start)
                    yield edits.replace(path, start, start + len(wanted), new)
