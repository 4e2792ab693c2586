"""Closures that capture something where a plain function pointer is declared: E0308.

A parameter or result of the type ``fn(u32) -> u32`` takes any closure when it is ``impl Fn(u32) -> u32``; a field, alias
or local keeps it in a box.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.returned import results
from rusta_cargo.repair.proposer import Replacement


def _captured(case: Case) -> Iterator[Answer]:
    labels = " ".join(span.label or "" for span in case.diagnostic.spans)
    if "expected fn pointer, found closure" not in labels:
        return
    root = opened(case.source, case.place.start, case.place.end)
    closure = nodes.enclosing(nodes.node_at(root, case.place.start, case.place.end), "closure_expression")
    if closure is None:
        return
    yield from _returned(case)
    yield from _passed(case, closure)
    yield from _bound(case, closure)


def _returned(case: Case) -> Iterator[Answer]:
    function = case.function
    kind = None if function is None else function.child_by_field_name("return_type")
    if function is None or kind is None or kind.type != "function_type":
        return
    values = list(results(function))
    if not any(value.start_byte == case.place.start for value in values):
        return
    parts: list[Replacement] = [edits.replace_node(case.path, kind, f"impl {_trait(text(kind))}")]
    for value in values:
        if value.type == "closure_expression" and nodes.child(value, "move") is None:
            parts.append(edits.insert(case.path, value.start_byte, "move "))
    yield Answer("give back any closure of this form", tuple(parts), 0.75 if len(values) == 1 else 0.4)


def _passed(case: Case, closure: Node) -> Iterator[Answer]:
    """The parameter that the closure is given to."""
    listed = closure.parent
    call = None if listed is None else listed.parent
    if listed is None or listed.type != "arguments" or call is None:
        return
    callee = call.child_by_field_name("function")
    name = text(
        callee.child_by_field_name("field") if callee is not None and callee.type == "field_expression" else callee
    )
    number = [part.start_byte for part in listed.named_children].index(closure.start_byte)
    for function in case.index.named(name, Function):
        if number < len(function.parameters) and function.parameters[number].type.text.startswith("fn("):
            kind = function.parameters[number].type
            put = edits.replace(function.path, kind.start, kind.end, f"impl {_trait(kind.text)}")
            yield Answer(f"let `{function.name}` take any closure of this form", (put,), 0.7)


def _bound(case: Case, closure: Node) -> Iterator[Answer]:
    """The local that the closure is bound to needs no written type."""
    statement = closure.parent
    if statement is None or statement.type != "let_declaration":
        return
    kind, pattern = statement.child_by_field_name("type"), statement.child_by_field_name("pattern")
    if kind is not None and pattern is not None and kind.type == "function_type":
        parts = (edits.delete(case.path, pattern.end_byte, kind.end_byte),)
        yield Answer("let the type of the closure be inferred", parts, 0.7)


def _trait(pointer: str) -> str:
    """``fn(u32) -> u32`` as a bound."""
    return f"Fn{pointer.removeprefix('fn').strip()}"


propose = answering({"E0308": (_captured,)})
