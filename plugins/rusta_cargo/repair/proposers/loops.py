"""Jumps that lead nowhere: E0267, E0268, E0426, E0767, E0571, E0572, E0590, E0695, E0696.

``break`` and ``continue`` outside a loop become ``return`` with what the function returns; a closure given to
``for_each`` becomes a loop; a label is declared at the loop it is for, or left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.nodes import LOOPS, text
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import Replacement

_JUMPS = ("break_expression", "continue_expression")
_FREE = ("'outer", "'search", "'main")


def _jump(case: Case) -> Node | None:
    return nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), _JUMPS)


def _value(jump: Node) -> str:
    return "".join(text(child) for child in jump.named_children if child.type != "label")


def _outside(case: Case) -> Iterator[Answer]:
    """``break`` or ``continue`` outside a loop: leave the function or the closure."""
    jump = _jump(case)
    if jump is None:
        return
    yield from _unrolled(case, jump)
    around = nodes.callable_of(jump)
    kind = around.child_by_field_name("return_type") if around is not None else None
    value = _value(jump)
    if around is not None and around.type != "async_block":
        for offer, weight in _returned(case, around, kind, jump, value):
            new = f"return {offer}" if offer else "return"
            yield Answer(f"`{new}` instead", (edits.replace_node(case.path, jump, new),), weight)
    statement = nodes.statement_of(jump)
    block = nodes.block_of(jump)
    if value and statement is not None and block is not None:
        plain = edits.replace_node(case.path, jump, value)
        yield Answer("leave the value as it is", (plain,), 0.25)
    holder = nodes.around(block, "if_expression")
    if holder is not None and jump.type == "break_expression":
        start = nodes.child(holder, "if")
        looped = None if start is None else edits.replace_node(case.path, start, "while")
        if looped is not None and not value and holder.child_by_field_name("alternative") is None:
            yield Answer("loop while it holds", (looped,), 0.12)


def _returned(case: Case, around: Node, kind: Node | None, jump: Node, value: str) -> Iterator[tuple[str, float]]:
    """What ``return`` gives at this place, and how likely."""
    if value:
        yield value, 0.8
        return
    if around.type == "closure_expression":
        # Leaving the closure goes on with the next round: `continue`, but no `break`.
        yield "", 0.7 if jump.type == "continue_expression" else 0.45
    elif kind is None:
        yield "", 0.8
        return
    wanted = text(kind) if kind is not None else ""
    tail = nodes.tail_of(around.child_by_field_name("body"))
    if tail is not None and tail.type in ("identifier", "integer_literal", "boolean_literal"):
        yield text(tail), 0.55
    if types.head(wanted) == "Result" and types.arguments(wanted)[:1] == ["()"]:
        yield "Ok(())", 0.75
    offers = Values(case.situation, case.path, jump.start_byte).empty(wanted) if wanted else iter(())
    for at, offer in enumerate(offers):
        if at < 3:
            yield offer.text, 0.45 - 0.1 * at
    if tail is not None and len(text(tail)) < 40:
        yield text(tail), 0.35


def _unrolled(case: Case, jump: Node) -> Iterator[Answer]:
    """``xs.for_each(|x| { … break … })`` becomes ``for x in xs { … }``."""
    closure = nodes.callable_of(jump)
    call = None if closure is None else nodes.around(closure, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    statement = nodes.statement_of(call)
    if closure is None or closure.type != "closure_expression" or call is None or callee is None:
        return
    body = closure.child_by_field_name("body")
    given = closure.child_by_field_name("parameters")
    values = callee.child_by_field_name("value")
    if (
        text(callee.child_by_field_name("field")) != "for_each"
        or body is None
        or body.type != "block"
        or values is None
        or given is None
        or statement is None
        or text(statement).rstrip(";") != text(call)
    ):
        return
    source = text(values)
    if source.startswith("(") and source.endswith(")") and values.type == "parenthesized_expression":
        source = source[1:-1]
    parts = (
        edits.replace(
            case.path,
            statement.start_byte,
            body.start_byte,
            f"for {text(given).strip('|')} in {source} ",
        ),
        edits.delete(case.path, body.end_byte, statement.end_byte),
    )
    yield Answer("write the closure as a loop", parts, 0.8 if jump.type == "break_expression" else 0.6)


def _loops(jump: Node) -> list[Node]:
    """The loops around a jump, innermost first, within the same function or closure."""
    found = []
    for around in nodes.ancestors(jump):
        if around.type in ("closure_expression", "async_block", *nodes.FUNCTIONS):
            break
        if around.type in LOOPS:
            found.append(around)
    return found


def _labelled(path: str, loop: Node, label: str) -> Replacement:
    return edits.insert(path, loop.start_byte, f"{label}: ")


def _without_label(case: Case, label: Node) -> Replacement:
    start = len(case.source[: label.start_byte].rstrip())
    return edits.delete(case.path, start, label.end_byte)


def _undeclared(case: Case) -> Iterator[Answer]:
    """A label that no loop has."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    label = nodes.enclosing(node, "label")
    jump = nodes.enclosing(node, _JUMPS)
    if label is None or jump is None:
        return
    loops = _loops(jump)
    bare = [loop for loop in loops if nodes.child(loop, "label") is None]
    for at, loop in enumerate(reversed(bare)):
        weight = 0.65 if len(loops) > 1 and loop == loops[-1] else 0.5
        yield Answer(
            f"label the loop `{text(label)}`",
            (_labelled(case.path, loop, text(label)),),
            weight - 0.1 * at,
        )
    for loop in loops:
        there = nodes.child(loop, "label")
        if there is not None:
            change = edits.replace_node(case.path, label, text(there))
            yield Answer(f"jump to `{text(there)}`", (change,), 0.6)
    if loops:
        yield Answer("leave the label out", (_without_label(case, label),), 0.6 if len(loops) == 1 else 0.3)
    else:
        yield from _outside(case)


def _unreachable(case: Case) -> Iterator[Answer]:
    """A label outside the closure that the jump is in."""
    yield from _outside(case)
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    label = nodes.enclosing(node, "label")
    jump = nodes.enclosing(node, _JUMPS)
    if label is not None and jump is not None and _loops(jump):
        yield Answer("leave the label out", (_without_label(case, label),), 0.5)


def _unlabelled(case: Case) -> Iterator[Answer]:
    """A jump in a labelled block needs the label of what it leaves."""
    jump = _jump(case)
    if jump is None:
        return
    keyword = jump.children[0]
    holders = [
        around
        for around in nodes.ancestors(jump)
        if around.type in (*LOOPS, "block") and nodes.child(around, "label") is not None
    ]
    for around in holders:
        label = text(nodes.child(around, "label")).removesuffix(":")
        if keyword.type == "break" or around.type != "block":
            put = edits.insert(case.path, keyword.end_byte, f" {label}")
            yield Answer(f"jump to `{label}`", (put,), 0.7 if around.type == "block" else 0.6)
        else:  # nothing but a loop can be continued
            leave = (edits.replace_node(case.path, keyword, f"break {label}"),)
            yield Answer("leave the block", leave, 0.2 if _loops(jump) else 0.6)
    for loop in _loops(jump)[:1]:
        if nodes.child(loop, "label") is None:
            label = next(name for name in _FREE if name.encode() not in case.source)
            parts = (
                _labelled(case.path, loop, label),
                edits.insert(case.path, keyword.end_byte, f" {label}"),
            )
            yield Answer("label the loop around", parts, 0.65)


def _continued_block(case: Case) -> Iterator[Answer]:
    """``continue`` with the label of a block: leave the block, or go on with the loop."""
    jump = _jump(case)
    label = None if jump is None else nodes.child(jump, "label")
    if jump is None or label is None:
        return
    keyword = jump.children[0]
    yield Answer("leave the block", (edits.replace_node(case.path, keyword, "break"),), 0.6)
    for loop in _loops(jump)[:1]:
        there = nodes.child(loop, "label")
        if there is not None:
            yield Answer("go on with the loop", (edits.replace_node(case.path, label, text(there)),), 0.5)
        else:
            name = next(name for name in _FREE if name.encode() not in case.source)
            parts = (_labelled(case.path, loop, name), edits.replace_node(case.path, label, name))
            yield Answer("go on with the loop", parts, 0.45)


def _returning(case: Case) -> Iterator[Answer]:
    """``return`` outside a function: the value alone."""
    node = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "return_expression")
    if node is not None and node.named_children:
        value = node.named_children[0]
        end = node.end_byte
        parts = [edits.delete(case.path, node.start_byte, value.start_byte)]
        if case.source[end : end + 1] == b";" and node.parent is not None:
            block = nodes.block_of(node)
            if block is not None and block.named_children[-1] == nodes.statement_of(node):
                parts.append(edits.delete(case.path, end, end + 1))
        yield Answer("give the value without `return`", tuple(parts), 0.85)


def _with_value(case: Case) -> Iterator[Answer]:
    """``break`` with a value in a loop that gives none: the value is what the function returns."""
    jump = _jump(case)
    around = None if jump is None else nodes.callable_of(jump)
    if jump is None or around is None or not _value(jump):
        return
    kind = text(around.child_by_field_name("return_type"))
    head = re.match(r"\w*", _value(jump))
    fits = {"Some": "Option", "None": "Option", "Ok": "Result", "Err": "Result"}.get(head[0] if head else "")
    weight = 0.75 if fits is not None and types.head(kind) == fits else 0.45 if kind else 0.0
    if weight:
        change = edits.replace_node(case.path, jump, f"return {_value(jump)}")
        yield Answer("return the value", (change,), weight)


def _in_condition(case: Case) -> Iterator[Answer]:
    """A jump in the condition of a loop names the loop that it leaves."""
    jump = _jump(case)
    loop = nodes.around(jump, "while_expression")
    if jump is None or loop is None:
        return
    there = nodes.child(loop, "label")
    keyword = jump.children[0]
    name = (
        text(there).removesuffix(":") if there is not None else next(n for n in _FREE if n.encode() not in case.source)
    )
    put = edits.insert(case.path, keyword.end_byte, f" {name}")
    parts = (put,) if there is not None else (_labelled(case.path, loop, name), put)
    yield Answer(f"jump to `{name}`", parts, 0.6)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0267": (_outside,),
    "E0268": (_outside,),
    "E0426": (_undeclared,),
    "E0767": (_unreachable,),
    "E0571": (_with_value,),
    "E0572": (_returning,),
    "E0590": (_in_condition,),
    "E0695": (_unlabelled,),
    "E0696": (_continued_block,),
}
propose = answering(_TABLE)
