"""Floating point numbers where a total order is asked for: E0277 and E0599 about ``Ord``.

``sort``, ``max`` and ``min`` become their ``_by`` sisters with ``total_cmp``, so do the ones that take a key; ``cmp``
becomes ``total_cmp``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Replacement

_ORDERED = re.compile(r"`&*(?:mut )?f(?:32|64): (?:std::cmp::)?(?:Ord|Eq)`")
_BY = ("sort", "sort_unstable", "max", "min")
_KEYED = {"sort_by_key": "sort_by", "sort_unstable_by_key": "sort_unstable_by", "sort_by_cached_key": "sort_by",
          "max_by_key": "max_by", "min_by_key": "min_by"}  # fmt: skip
_PARTIAL = "partial_cmp"


def _compared(case: Case) -> Iterator[Answer]:
    told = [case.diagnostic.message, *(note.message for note in case.diagnostic.notes)]
    if not any(_ORDERED.search(message) for message in told):
        return
    call = _call(case)
    callee = None if call is None else call.child_by_field_name("function")
    name = None if callee is None else callee.child_by_field_name("field")
    listed = None if call is None else call.child_by_field_name("arguments")
    if call is None or name is None or listed is None:
        return
    method, given = text(name), listed.named_children
    if method in _BY and not given:
        for how, weight in (("a.total_cmp(b)", 0.8), (f"a.{_PARTIAL}(b).unwrap()", 0.4)):
            parts = (
                edits.replace_node(case.path, name, f"{method}_by"),
                edits.replace_node(case.path, listed, f"(|a, b| {how})"),
            )
            yield Answer(f"use `{method}_by` with `{how[2:].partition('(')[0]}`", parts, weight)
    elif method in _KEYED and len(given) == 1 and given[0].type == "closure_expression":
        yield from _by_key(case, name, given[0])
    elif method == "cmp" and len(given) == 1:
        yield Answer("use `total_cmp`", (edits.replace_node(case.path, name, "total_cmp"),), 0.8)


def _call(case: Case) -> Node | None:
    """The call whose method asks for the order: at the error, or the one that the error stands in."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    for call in nodes.ancestors(node):
        if call.type != "call_expression":
            continue
        callee = call.child_by_field_name("function")
        name = text(None if callee is None else callee.child_by_field_name("field"))
        if name in (*_BY, *_KEYED, "cmp"):
            return call
    return None


def _by_key(case: Case, name: Node, closure: Node) -> Iterator[Answer]:
    """``sort_by_key(|x| x.size)`` is ``sort_by(|a, b| a.size.total_cmp(&b.size))``."""
    parameters, body = closure.child_by_field_name("parameters"), closure.child_by_field_name("body")
    if parameters is None or body is None or len(parameters.named_children) != 1 or body.type == "block":
        return
    bound = text(parameters.named_children[0])
    if not bound.isidentifier():
        return
    sides = [re.sub(rf"\b{bound}\b", other, text(body)) for other in ("a", "b")]
    left = sides[0] if body.type in ("field_expression", "call_expression") else f"({sides[0]})"
    parts: tuple[Replacement, ...] = (
        edits.replace_node(case.path, name, _KEYED[text(name)]),
        edits.replace_node(case.path, closure, f"|a, b| {left}.total_cmp(&{sides[1]})"),
    )
    yield Answer(f"use `{_KEYED[text(name)]}` with `total_cmp`", parts, 0.8)


propose = answering({"E0277": (_compared,), "E0599": (_compared,)})
