"""Calls that go on elsewhere in the tree: E0308, E0277, E0369, E0600 about a value that is still in its wrapping.

Where ``items.max()`` stands in a sum and the file says ``.max().unwrap_or(0)`` at another place, the same goes on here.
What goes on must speak of nothing but itself: literals, paths, closures of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_WRAPPED = re.compile(r"^&?(?:mut )?(?:std::\w+::)?(Option|Result)<")
_SAID = re.compile(r"`((?:std::\w+::)?(?:Option|Result)<[^`]*)`")
_ONE, _MORE, _MOST = 0.58, 0.7, 3
_DEEPEST = 3
# What is called on an option or result on the way to what it holds.
_OPENING = frozenset({
    "unwrap_or", "unwrap_or_else", "unwrap_or_default", "expect", "ok_or", "ok_or_else", "ok", "err", "map_err", "copied",
    "cloned", "as_ref", "as_mut", "as_deref", "as_deref_mut", "flatten", "transpose", "unwrap", "map_or", "filter",
})  # fmt: skip
_LONGEST = 60


def _continued(case: Case) -> Iterator[Answer]:
    for value in _values(case):
        name, count = _method(value)
        steps: Counter[str] = Counter()
        for path in sorted(case.index.files, key=lambda path: (path != case.path, path)):
            root = case.root if path == case.path else case.situation.syntax(path).root_node
            for call in nodes.every(root, "call_expression"):
                if _method(call) == (name, count) and not (path == case.path and call.start_byte == value.start_byte):
                    steps.update(_going_on(call))
        for rank, (step, times) in enumerate(steps.most_common(_MOST)):
            yield Answer(
                f"go on with `{step}`, as after `{name}` elsewhere",
                (edits.insert(case.path, value.end_byte, step),),
                (_MORE if times > 1 else _ONE) * 0.8**rank,
            )


def _values(case: Case) -> Iterator[Node]:
    """The method calls that are said to give an ``Option`` or ``Result`` where something else is wanted."""
    if case.in_macro(case.place):
        return
    told = mismatch(case.diagnostic)
    if case.diagnostic.code == "E0308":
        if told is not None and _WRAPPED.search(told.found) and not _WRAPPED.search(told.expected):
            yield from _call(case.node)
        return
    if _SAID.search(case.diagnostic.message) is None:
        return
    yield from _call(case.node)
    holder = nodes.enclosing(case.node, ("binary_expression", "unary_expression", "compound_assignment_expr"))
    for side in () if holder is None else holder.named_children:
        yield from _call(side)


def _call(node: Node) -> Iterator[Node]:
    if _method(node)[0]:
        yield node


def _method(node: Node) -> tuple[str, int]:
    """Name and number of arguments of a method call, or nothing."""
    callee = node.child_by_field_name("function") if node.type == "call_expression" else None
    listed = node.child_by_field_name("arguments")
    if callee is None or listed is None or callee.type != "field_expression":
        return "", 0
    return text(callee.child_by_field_name("field")), len(listed.named_children)


def _going_on(call: Node) -> Iterator[str]:
    """What follows a call up to the first step that takes its wrapping off."""
    node, written = call, ""
    for _ in range(_DEEPEST):
        parent = node.parent
        if parent is None:
            return
        if parent.type == "try_expression":
            if written:  # a bare `?` is what the compiler offers itself
                yield f"{written}?"
            return
        if parent.type != "field_expression" or parent.parent is None or parent.parent.type != "call_expression":
            return
        whole = parent.parent
        listed = whole.child_by_field_name("arguments")
        if whole.child_by_field_name("function") != parent or listed is None or not _closed(listed):
            return
        name = text(parent.child_by_field_name("field"))
        if name not in _OPENING:
            return
        written += f".{name}{text(listed)}"
        node = whole
        if len(written) > _LONGEST or "\n" in written:
            return
        if name.startswith(("unwrap", "expect")):
            yield written
            return


def _closed(listed: Node) -> bool:
    """The arguments name no local of the place they stand in."""
    own = {
        text(name)
        for closure in nodes.below(listed, "closure_parameters")
        for name in nodes.below(closure, "identifier")
    }
    return all(
        text(name) in own or not text(name)[:1].islower() or _of_path(name)
        for name in nodes.below(listed, "identifier")
    ) and not list(nodes.below(listed, "self"))


def _of_path(name: Node) -> bool:
    return name.parent is not None and name.parent.type == "scoped_identifier"


propose = answering({"E0308": (_continued,), "E0277": (_continued,), "E0369": (_continued,), "E0600": (_continued,)})
