"""Futures that are boxed, polled or used the wrong way: E0308 and E0599.

``Box::new(async { … })`` where a ``Pin<Box<…>>`` is wanted is ``Box::pin``; ``self.future.poll(cx)`` of a pinned box
is ``self.future.as_mut().poll(cx)``; and in asynchronous code a future that stands for its value wants ``.await``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin

_POLLED = re.compile(r"no method named `poll` found for (?:struct|mutable reference) `(?:&mut )?(?:std::pin::)?Pin<")
_FUTURES = ("PollFn", "Ready", "Pending", "IntoFuture")
_PINNED, _POLL, _AWAITED, _BOUND = 0.85, 0.75, 0.6, 0.65


def _boxed(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if told is None or types.head(told.expected) != "Pin" or types.head(told.found) != "Box":
        return
    callee = case.node.child_by_field_name("function")
    if callee is not None and text(callee) == "Box::new":
        yield Answer("pin the box: `Box::pin`", (edits.replace_node(case.path, callee, "Box::pin"),), _PINNED)


def _polled(case: Case) -> Iterator[Answer]:
    access = nodes.enclosing(case.node, "field_expression")
    value = None if access is None else access.child_by_field_name("value")
    if _POLLED.search(case.diagnostic.message) and value is not None:
        yield Answer("poll it through `as_mut()`", (edits.insert(case.path, value.end_byte, ".as_mut()"),), _POLL)


def _awaited(case: Case) -> Iterator[Answer]:
    """A future that is handed on as its value, here or where the local is bound."""
    told = mismatch(case.diagnostic)
    if told is None or not _asynchronous(case) or case.in_macro(case.place):
        return
    if _is_future(case, told.found) and case.node.type in ("call_expression", "identifier", "field_expression"):
        yield Answer("wait for the future", (edits.insert(case.path, case.node.end_byte, ".await"),), _AWAITED)
    here = smallest(case.situation, case.index, case.path, case.place.start, case.place.end)
    for name in () if here is None else nodes.below(here.node, "identifier"):
        source: Spot | None = None if here is None else origin(here.of(name))
        if source is not None and source.kind == "identifier" and _is_future(case, source.type or ""):
            yield Answer(
                f"wait for the future where `{text(name)}` is bound",
                (edits.insert(case.path, source.node.end_byte, ".await"),),
                _BOUND,
            )


def _asynchronous(case: Case) -> bool:
    """The innermost function or block that may wait is asynchronous."""
    for node in nodes.ancestors(case.node):
        if node.type == "async_block":
            return True
        if node.type == "closure_expression":
            return text(node).startswith("async")
        if node.type == "function_item":
            marks = nodes.child(node, "function_modifiers")
            return marks is not None and "async" in text(marks).split()
    return False


def _is_future(case: Case, kind: str) -> bool:
    """A future of the standard library, or a type parameter that is one."""
    if types.head(kind) in _FUTURES or "dyn Future<" in kind or kind.startswith(("impl Future", "{async")):
        return True
    item = case.index.at(case.path, case.place.start, case.place.end)
    while item is not None:
        where = "" if item.where is None else item.where.text.removeprefix("where")
        for generic in item.generics:
            bounds = "" if generic.bounds is None else generic.bounds.text
            asked = [part for part in types.split_top(where) if part.partition(":")[0].strip() == generic.name]
            if generic.name == kind and re.search(r"\bFuture\b", " ".join([bounds, *asked])):
                return True
        item = item.parent
    return False


propose = answering({"E0308": (_boxed, _awaited), "E0599": (_polled,)})
