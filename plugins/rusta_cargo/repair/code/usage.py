"""Where local names are used: identifiers in plain code, in the tokens of macros, and inside format strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import Binding, binding_of, bound_in

_NAMES = ("identifier", "self", "shorthand_field_identifier")
_CAPTURE = re.compile(r"\{([A-Za-z_]\w*)(?=[:}])")


def occurrences(scope: Node, name: str) -> Iterator[Node]:
    """The places at and below ``scope`` where ``name`` stands as a name of its own (not as a field or path segment)."""
    wanted = name.encode()
    for node in nodes.below(scope, _NAMES):
        if node.text == wanted and not _selected(node):
            yield node


def _selected(node: Node) -> bool:
    """It is the right side of a dot inside macro tokens, or a segment of a path."""
    before = node.prev_sibling
    if before is not None and text(before) in (".", "::"):
        return True
    parent = node.parent
    return parent is not None and parent.type == "scoped_identifier"


def captured(scope: Node) -> set[str]:
    """The names that format strings below ``scope`` capture, as in ``"{name:?}"``."""
    found: set[str] = set()
    for literal in nodes.below(scope, ("string_literal", "raw_string_literal")):
        if nodes.around(literal, "token_tree") is not None:
            found |= set(_CAPTURE.findall(text(literal).replace("{{", "")))
    return found


def names_in(scope: Node) -> set[str]:
    """The names used at and below ``scope``, types and fields left out."""
    found = {text(node) for node in nodes.below(scope, _NAMES) if not _selected(node)}
    return found | captured(scope)


def mentions(scope: Node, names: Iterable[str]) -> bool:
    return not names_in(scope).isdisjoint(names)


def bound_by(statement: Node) -> set[str]:
    """The names that a statement declares for those after it."""
    if statement.type != "let_declaration":
        return set()
    return {text(node) for node in bound_in(statement.child_by_field_name("pattern"))}


def uses(root: Node, binding: Binding, scope: Node) -> list[Node]:
    """The occurrences of a binding below ``scope`` in order, its own declaration left out."""
    found = []
    for node in occurrences(scope, binding.name):
        if (node.start_byte, node.end_byte) == (binding.start, binding.end):
            continue
        meant = binding_of(root, binding.name, node.start_byte)
        if meant is not None and (meant.start, meant.end) == (binding.start, binding.end):
            found.append(node)
    return found


def place_of(node: Node) -> Node:
    """The whole place expression that begins with an identifier: ``a.b[0].c`` for its ``a``."""
    current = node
    while (parent := current.parent) is not None:
        if parent.type == "field_expression" and parent.child_by_field_name("value") == current:
            around = parent.parent
            if (
                around is not None
                and around.type == "call_expression"
                and around.child_by_field_name("function") == parent
            ):
                break  # the name of a method
            current = parent
        elif parent.type == "index_expression" and parent.named_children[0] == current:
            current = parent
        else:
            break
    return current


def free_name(scope: Node, *wanted: str) -> str:
    """The first of ``wanted`` that nothing below ``scope`` is called, else with a number."""
    taken = names_in(scope)
    for name in wanted:
        if name not in taken:
            return name
    number = 2
    while f"{wanted[-1]}{number}" in taken:
        number += 1
    return f"{wanted[-1]}{number}"


def root_name(node: Node | None) -> str | None:
    """The local name at the bottom of a place or chain of calls: ``a`` for ``&mut a.b[0].iter()``."""
    current = node
    while current is not None:
        if current.type in _NAMES:
            return text(current)
        if current.type in ("field_expression", "reference_expression"):
            current = current.child_by_field_name("value")
        elif current.type == "call_expression":
            callee = current.child_by_field_name("function")
            if callee is None or callee.type != "field_expression":
                return None
            current = callee.child_by_field_name("value")
        elif current.type in (
            "index_expression",
            "try_expression",
            "await_expression",
            "parenthesized_expression",
        ):
            current = current.named_children[0] if current.named_children else None
        elif current.type == "unary_expression":
            current = current.named_children[-1] if current.named_children else None
        else:
            return None
    return None
