"""The expression at the place of an error, also where it is several tokens of a macro's arguments."""

from __future__ import annotations

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.answers import Case
from rusta_cargo.repair.code.expression import opened
from rusta_schemas.diagnostic import Span


def expression_at(case: Case, span: Span) -> Node:
    """The node with exactly this span, macros around it read as expressions; else the smallest one that covers it."""
    root = opened(case.situation.source(span.path), span.start, span.end)
    found = nodes.exact(root, span.start, span.end) or nodes.node_at(root, span.start, span.end)
    while found.type == "expression_statement" and len(found.named_children) == 1:
        found = found.named_children[0]
    return found
