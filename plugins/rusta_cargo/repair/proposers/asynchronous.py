"""Asynchronous code: E0728 (``await`` outside async), E0733 (recursion), futures used as values.

The function or closure around becomes ``async``; a recursive call is boxed; a future used as a value is awaited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Impl
from rusta_cargo.repair.code.labels import all_spans
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.seeing import expression_at
from rusta_cargo.repair.proposer import Replacement
from rusta_schemas.diagnostic import Span

_FUTURE = "impl Future<"
_STRUCT = re.compile(r"^no method named `(\w+)` found for struct ")
# What a Result or an Option is asked for, which is what most futures come to.
_OUTCOME = (
    "unwrap", "expect", "ok", "is_ok", "is_err", "is_some", "is_none", "map_err", "unwrap_or", "unwrap_or_default",
    "unwrap_or_else", "ok_or", "ok_or_else", "err",
)  # fmt: skip


def made_async(path: str, function: Node) -> Replacement | None:
    """The edit by which a function is ``async``."""
    modifiers = nodes.child(function, "function_modifiers")
    if modifiers is not None:
        first = modifiers.children[0]
        if "async" in text(modifiers):
            return None
        return edits.insert(path, first.start_byte, "async ") if text(first) != "const" else None
    word = nodes.child(function, "fn")
    return None if word is None else edits.insert(path, word.start_byte, "async ")


def _awaiting(case: Case) -> Iterator[Answer]:
    """``await`` in code that is not async."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    around = nodes.callable_of(node)
    function = nodes.function_of(node)
    waited = nodes.enclosing(node, "await_expression")
    if around is not None and around.type == "closure_expression":
        body = around.child_by_field_name("body")
        if body is not None:
            if body.type == "block":
                for word, weight in (("async ", 0.7), ("async move ", 0.65)):
                    put = edits.insert(case.path, body.start_byte, word)
                    yield Answer("make the closure's body async", (put,), weight)
            else:
                parts = edits.wrap(case.path, body.start_byte, body.end_byte, "async { ", " }")
                yield Answer("make the closure's body async", parts, 0.7)
                moved = edits.wrap(case.path, body.start_byte, body.end_byte, "async move { ", " }")
                yield Answer("make the closure's body async", moved, 0.6)
    elif function is not None:
        change = made_async(case.path, function)
        main = text(function.child_by_field_name("name")) == "main" and nodes.impl_of(function) is None
        if change is not None:
            yield Answer("make the function async", (change,), 0.2 if main else 0.85)
    if waited is not None:
        value = waited.named_children[0]
        gone = edits.delete(case.path, value.end_byte, waited.end_byte)
        yield Answer("do not wait", (gone,), 0.25)


def _recursive(case: Case) -> Iterator[Answer]:
    """A future that would hold itself: the recursive call is boxed."""
    calls: list[Node] = []
    spans = [s for s in all_spans(case.diagnostic) if "recursive call" in (s.label or "")]
    for span in spans:
        if span.path == case.path:
            found = nodes.enclosing(nodes.node_at(case.root, span.start, span.end), "await_expression")
            if found is not None and found.named_children[0] not in calls:
                calls.append(found.named_children[0])
    function = nodes.function_of(nodes.node_at(case.root, case.place.start))
    name = "" if function is None else text(function.child_by_field_name("name"))
    if function is not None:
        for waited in nodes.below(function, "await_expression"):
            call = waited.named_children[0]
            callee = call.child_by_field_name("function")
            if text(callee).replace(".", "::").rpartition("::")[2] == name and call not in calls:
                calls.append(call)
    for wrapper, weight in (("Box::pin", 0.9),):
        parts = [
            part for call in calls for part in edits.wrap(case.path, call.start_byte, call.end_byte, f"{wrapper}(", ")")
        ]
        yield Answer("box the recursive call", tuple(parts), weight)


def _unawaited(case: Case) -> Iterator[Answer]:
    """A future where its value is needed."""
    said = case.diagnostic.message + "".join(span.label or "" for span in case.diagnostic.spans)
    if _FUTURE not in said and "future" not in said:
        return
    marked = [span for span in case.diagnostic.spans if _FUTURE in (span.label or "")]
    for span in (*marked, case.place):
        yield from _awaited(case, span)


def _awaited(case: Case, span: Span) -> Iterator[Answer]:
    if span.path != case.path:
        return
    node = expression_at(case, span)
    call = node
    if node.type in ("binary_expression", "try_expression", "field_expression") and node.named_children:
        call = node.named_children[0]
    if node.type == "field_identifier" and node.parent is not None:
        call = node.parent.named_children[0]
    around = nodes.callable_of(nodes.node_at(case.root, span.start, span.end))
    if call.type not in ("call_expression", "identifier", "field_expression", "macro_invocation"):
        return
    put = edits.insert(case.path, call.end_byte, ".await")
    if around is not None and (
        around.type == "async_block" or "async" in text(nodes.child(around, "function_modifiers"))
    ):
        yield Answer("await it", (put,), 0.85)
    elif around is not None and around.type in nodes.FUNCTIONS:
        change = made_async(case.path, around)
        item = case.item
        free = item is None or not (isinstance(item.owner, Impl) and item.owner.trait is not None)
        if change is not None and free and text(around.child_by_field_name("name")) != "main":
            yield Answer("make the function async and await it", (change, put), 0.4)


def _unasked(case: Case) -> Iterator[Answer]:
    """A future of a library that is a struct of its own, asked what only its outcome can be asked: ``handle.unwrap()``."""
    told = _STRUCT.match(case.diagnostic.message)
    if told is None or told[1] not in _OUTCOME or case.node.type != "field_identifier":
        return
    around = nodes.callable_of(nodes.node_at(case.root, case.place.start, case.place.end))
    modifiers = None if around is None else nodes.child(around, "function_modifiers")
    if (
        around is not None
        and case.node.parent is not None
        and (around.type == "async_block" or "async" in text(modifiers))
    ):
        value = case.node.parent.named_children[0]
        yield Answer("await it", (edits.insert(case.path, value.end_byte, ".await"),), 0.88)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0728": (_awaiting,),
    "E0744": (_awaiting,),
    "E0733": (_recursive,),
    **dict.fromkeys(("E0369", "E0277", "E0599", "E0308", "E0609", "E0600", "E0608", "E0614"), (_unawaited,)),
    "E0599": (_unawaited, _unasked),
}
propose = answering(_TABLE)
