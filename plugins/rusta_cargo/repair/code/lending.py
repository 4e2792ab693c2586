"""Calls that lend, and those that lend mutably: ``iter`` and ``iter_mut``, ``borrow`` and ``borrow_mut``."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.answers import Answer, Case
from rusta_cargo.repair.code.callers import mutable
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Replacement

# Calls that lend, and those that lend mutably.
SISTERS = {
    "iter": "iter_mut",
    "get": "get_mut",
    "borrow": "borrow_mut",
    "as_ref": "as_mut",
    "first": "first_mut",
    "last": "last_mut",
    "values": "values_mut",
    "chunks": "chunks_mut",
    "split_at": "split_at_mut",
    "peek": "peek_mut",
    "as_slice": "as_mut_slice",
    "read": "write",
    "as_deref": "as_deref_mut",
    "as_bytes": "as_bytes_mut",
    "front": "front_mut",
    "back": "back_mut",
    "get_ref": "get_mut",
    "deref": "deref_mut",
    "chunks_exact": "chunks_exact_mut",
    "split_first": "split_first_mut",
    "split_last": "split_last_mut",
    "as_ptr": "as_mut_ptr",
}


def sisters(case: Case, value: Node) -> Iterator[Answer]:
    """A call in the chain that lends is the one that lends mutably."""
    for node in chain(value):
        name = method_name(node)
        if name is None or text(name) not in SISTERS:
            continue
        sister, callee = SISTERS[text(name)], name.parent
        owner = None if callee is None else callee.child_by_field_name("value")
        also: list[Replacement] = (
            [] if owner is None or sister in ("borrow_mut", "write") else mutable(case.path, case.root, owner)
        )
        yield Answer(f"call `.{sister}()`", (edits.replace_node(case.path, name, sister), *also), 0.75)


def chain(node: Node) -> Iterator[Node]:
    """A chain of calls and fields from its end to its start, the whole first."""
    current: Node | None = node
    while current is not None:
        yield current
        if current.type == "call_expression":
            callee = current.child_by_field_name("function")
            current = (
                callee.child_by_field_name("value")
                if callee is not None and callee.type == "field_expression"
                else None
            )
        elif current.type in ("try_expression", "await_expression", "parenthesized_expression"):
            current = current.named_children[0] if current.named_children else None
        elif current.type == "field_expression":
            current = current.child_by_field_name("value")
        else:
            return


def method_name(node: Node) -> Node | None:
    callee = node.child_by_field_name("function") if node.type == "call_expression" else None
    return callee.child_by_field_name("field") if callee is not None and callee.type == "field_expression" else None
