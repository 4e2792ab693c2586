"""``and_then`` where ``map`` was meant, and the other way round: E0308, E0277.

A closure of ``and_then`` that gives a plain value belongs to ``map``; a ``map`` whose closure gives another ``Option``
nests it. ``unwrap_or_else`` of a value that is no closure is ``unwrap_or``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_WRAPPERS = ("Option", "Result")
_PLAIN, _NESTED, _VALUE = 0.72, 0.6, 0.85
# What wants a plain value from its closure, by what wants a wrapped one.
_UNWRAPPED = {"and_then": "map", "filter_map": "map", "flat_map": "map"}
_LAZY = {
    "unwrap_or_else": "unwrap_or", "ok_or_else": "ok_or", "or_else": "or", "or_insert_with": "or_insert",
    "then": "then_some", "map_or_else": "map_or",
}  # fmt: skip


def _mapped(case: Case) -> Iterator[Answer]:
    """The closure gives a plain value where one in a wrapping is wanted."""
    told = mismatch(case.diagnostic)
    if told is None:
        return
    if types.head(told.expected) in _WRAPPERS and types.head(told.found) not in _WRAPPERS:
        method = _method_around(case.node)
        if method is not None and text(method) in _UNWRAPPED:
            yield _renamed(case, method, _UNWRAPPED[text(method)], _PLAIN)
    elif types.head(told.expected) in _WRAPPERS and types.head(told.expected) == types.head(told.found):
        inner = [types.arguments(side) for side in (told.expected, told.found)]
        nested = bool(inner[0]) and bool(inner[1]) and types.head(inner[1][0]) == types.head(told.found)
        method = _method_of(case.node)
        if (
            nested
            and types.head(inner[0][0]) != types.head(told.found)
            and method is not None
            and text(method) == "map"
        ):
            yield _renamed(case, method, "and_then", _NESTED)


def _eager(case: Case) -> Iterator[Answer]:
    """A value stands where a closure is wanted."""
    if "closure, found" not in case.diagnostic.message:
        return
    holder = nodes.enclosing(case.node, "arguments")
    call = None if holder is None else holder.parent
    method = None if call is None else _method_of(call)
    if method is not None and text(method) in _LAZY:
        yield _renamed(case, method, _LAZY[text(method)], _VALUE)


def _renamed(case: Case, method: Node, name: str, prior: float) -> Answer:
    change = edits.replace_node(case.path, method, name)
    return Answer(f"call `{name}`, not `{text(method)}`", (change,), prior)


def _method_around(node: Node) -> Node | None:
    """The method whose argument is the closure that ends with ``node``."""
    closure = nodes.enclosing(node, "closure_expression")
    body = None if closure is None else closure.child_by_field_name("body")
    if body is None or closure is None:
        return None
    end = nodes.tail_of(body) if body.type == "block" else body
    listed = closure.parent
    if end != node or listed is None or listed.type != "arguments" or listed.parent is None:
        return None
    return _method_of(listed.parent)


def _method_of(call: Node) -> Node | None:
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    return None if function is None or function.type != "field_expression" else function.child_by_field_name("field")


propose = answering({"E0308": (_mapped,), "E0277": (_eager,)})
