"""Places that a value is moved out of: their whole type, whether they may be changed, and calls put behind them."""

from __future__ import annotations

import re

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Case
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.usage import root_name
from rusta_cargo.repair.proposer import Replacement


def whole_type(case: Case, node: Node, kind: str | None) -> str | None:
    """The type of the place: what can be read off it, what its patterns say, else what the compiler calls moved."""
    known = case.type_of(node)
    if known is not None and types.head(known) not in ("_", "") and "_" not in types.strip_references(known):
        return types.strip_references(known)
    holder = node.parent
    while holder is not None and holder.type in ("parenthesized_expression", "unary_expression"):
        holder = holder.parent
    if holder is not None and holder.type in ("match_expression", "let_condition"):
        patterns = text(holder.child_by_field_name("body") or holder.child_by_field_name("pattern"))
        if re.search(r"\bSome\s*\(|\bNone\b", patterns):
            return f"Option<{kind or '_'}>"
    return kind


def chained(case: Case, node: Node, call: str) -> tuple[Replacement, ...]:
    """A call put behind a place; on a line of its own in a chain that is written so."""
    parent = node.parent
    between = ""
    if parent is not None and parent.type == "field_expression":
        dot = next((part for part in parent.children if part.type == "."), None)
        if dot is not None:
            between = case.source[node.end_byte : dot.start_byte].decode("utf-8", "replace")
    gap = between if "\n" in between and not between.strip() else ""
    return (edits.insert(case.path, node.end_byte, f"{gap}{call}"),)


def assigned_anew(case: Case, node: Node) -> bool:
    """The function gives the place a new value as well."""
    scope = case.function
    if scope is None:
        return False
    return any(
        text(found.child_by_field_name("left")) == text(node)
        for found in nodes.below(scope, "assignment_expression")
        if not (found.start_byte <= node.start_byte < (found.child_by_field_name("left") or found).end_byte)
    )


def mutable_place(case: Case, node: Node) -> bool:
    """Its owner is a mutable local or reference, as far as its declaration tells."""
    name = root_name(node)
    binding = None if name is None else binding_of(case.root, name, node.start_byte)
    if binding is None:
        return False
    written = binding.written or case.type_of(binding.value) or ""
    return (
        "&mut" in written
        or (binding.mutable and not types.is_reference(written))
        or "mutable reference" in case.diagnostic.message
    )
