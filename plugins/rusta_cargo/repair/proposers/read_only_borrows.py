"""Mutable borrows that are only read: E0499 and E0502 between locals.

``let a = &mut v; let b = &mut v;`` where neither is used to change anything: both become shared borrows, which may
overlap.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.callers import only_read
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.proposer import Replacement
from rusta_cargo.repair.proposers.borrows import first_borrow


def _shared(case: Case) -> Iterator[Answer]:
    first = first_borrow(case)
    if first is None or first.path != case.path:
        return
    parts: list[Replacement] = []
    for span in (first, case.place):
        node = _borrow(case.seen(span))
        word = nodes.child(node, "mutable_specifier") if node.type == "reference_expression" else None
        if word is None:
            if span is case.place and case.diagnostic.code == "E0499":
                return
            continue
        if not _only_read(case, node):
            return
        parts.append(edits.delete(case.path, word.start_byte, word.end_byte + _gap(case, word)))
    yield Answer("borrow without `mut`: it is only read", tuple(parts), 0.5)


def _borrow(node: Node) -> Node:
    """The ``&mut`` around a place, when ``node`` is only what the place begins with."""
    current = node
    while (parent := current.parent) is not None and parent.type in ("index_expression", "field_expression"):
        if parent.named_children[0] != current:
            return node
        current = parent
    return parent if parent is not None and parent.type == "reference_expression" else node


def _gap(case: Case, word: Node) -> int:
    rest = case.source[word.end_byte :]
    return len(rest) - len(rest.lstrip())


def _only_read(case: Case, borrow: Node) -> bool:
    """``borrow`` is the value of a local (of no written ``&mut`` type) that nothing is changed through."""
    statement = borrow.parent
    if statement is None or statement.type != "let_declaration" or statement.child_by_field_name("value") != borrow:
        return False
    pattern, block = statement.child_by_field_name("pattern"), nodes.block_of(statement)
    if pattern is None or pattern.type != "identifier" or block is None:
        return False
    if statement.child_by_field_name("type") is not None:
        return False
    binding = binding_of(case.root, nodes.text(pattern), statement.end_byte)
    return binding is not None and only_read(case.index, case.root, block, binding)


propose = answering({"E0499": (_shared,), "E0502": (_shared,)})
