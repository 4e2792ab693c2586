"""A function that declares another number than everything in it is: E0308 at what it gives back.

Casting the value would hide the slip. What speaks for the declaration being wrong: the function hands on the result of one
of the same name, or all that it reckons with are parameters of the other type.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_HANDED, _RECKONED, _REAL = 0.8, 0.7, 0.2
_RECKONING = ("binary_expression", "parenthesized_expression", "unary_expression")
_FEW = 2


def _answers(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    function = nodes.callable_of(case.node)
    returns = None if function is None else function.child_by_field_name("return_type")
    if told is None or function is None or returns is None or case.in_macro(case.place):
        return
    if not {told.expected, told.found} <= set(types.NUMBERS) or text(returns) != told.expected:
        return
    tail = nodes.tail_of(function.child_by_field_name("body"))
    while tail is not None and tail.type == "unsafe_block":
        tail = nodes.tail_of(nodes.child(tail, "block"))
    if case.node != tail:
        return
    change = edits.replace_node(case.path, returns, told.found)
    name = text(function.child_by_field_name("name"))
    if name and _called(case.node) == name:
        yield Answer(f"give back `{told.found}` as the `{name}` that it calls", (change,), _HANDED)
    elif _operands(case, case.node, told.found) >= _FEW or _written_as(case.node, told.found):
        # Where a real number is declared the reckoning with whole ones is the slip.
        real = told.expected in types.FLOATS and told.found not in types.FLOATS
        yield Answer(f"give back `{told.found}`, which it reckons with", (change,), _REAL if real else _RECKONED)


def _called(node: Node) -> str:
    callee = node.child_by_field_name("function") if node.type == "call_expression" else None
    if callee is None:
        return ""
    return text(callee.child_by_field_name("field") or callee.child_by_field_name("name") or callee)


def _written_as(node: Node, kind: str) -> bool:
    """It was cast to ``kind`` on the spot, or is what a pointer leads to that was."""
    while node.type in ("parenthesized_expression", "unary_expression") and node.named_children:
        node = node.named_children[-1]
    cast = text(node.child_by_field_name("type")) if node.type == "type_cast_expression" else ""
    return cast in (kind, f"*const {kind}", f"*mut {kind}")


def _operands(case: Case, node: Node, kind: str) -> int:
    """How many names of type ``kind`` the arithmetic is made of; 0 when it holds anything else but numbers."""
    if node.type not in _RECKONING:
        return int(node.type in ("identifier", "field_expression") and case.type_of(node) == kind)
    counts = [
        0 if part.type == "integer_literal" else _operands(case, part, kind) or -100 for part in node.named_children
    ]
    return max(0, sum(counts))


propose = answering({"E0308": (_answers,)})
