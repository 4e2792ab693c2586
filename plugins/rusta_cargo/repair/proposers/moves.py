"""Values used after they were moved: E0382.

The move becomes a borrow (``&x``, ``.iter()``, ``.as_ref()``, a parameter or receiver that only lends), the later use
goes in front of the move, a small type becomes ``Copy``; a clone is the last resort, and marked where it stands in a
loop. The compiler's own proposals are left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.callers import lend, lent_type, only_read, with_parameter
from rusta_cargo.repair.code.copying import derived, made_copy
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import LOOPS, text
from rusta_cargo.repair.code.ownership import has_default, is_clone
from rusta_cargo.repair.code.receivers import lent_receiver
from rusta_cargo.repair.code.reordering import may_rise, move_before, row
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.usage import free_name, occurrences
from rusta_cargo.repair.proposer import Replacement
from rusta_schemas.diagnostic import Span

CLONES = "adds a clone in a loop"
_TYPE = re.compile(r"has type `([^`]+)`")
_LENDING = {"into_iter": "iter", "into_keys": "keys", "into_values": "values", "into_bytes": "as_bytes",
            "into_boxed_str": "as_str", "into_string": "as_str"}  # fmt: skip


def moved_type(case: Case) -> str | None:
    """The type of what was moved, as the compiler spells it."""
    for span in [*case.diagnostic.spans, *(s for n in case.diagnostic.notes for s in n.spans)]:
        found = _TYPE.search(span.label or "")
        if found is not None:
            return found[1]
    found = next((m for note in case.diagnostic.notes if (m := _TYPE.search(note.message))), None)
    return None if found is None else found[1]


def moves(case: Case) -> Iterator[tuple[Span, Node]]:
    """The places where the value was moved: its expression, with the span of the label."""
    for span in case.spans("moved"):
        label = span.label or ""
        if span.path != case.path or "after" in label.split("moved")[0]:
            continue
        node = case.seen(span)
        if "method call" in label or "implicit call" in label:
            call = nodes.enclosing(node, "call_expression")
            callee = None if call is None else call.child_by_field_name("function")
            value = None if callee is None else callee.child_by_field_name("value")
            if "implicit call" not in label and value is not None and span.start >= value.end_byte:
                node = value
        yield span, node


def _answers(case: Case) -> Iterator[Answer]:
    kind = moved_type(case)
    for span, node in moves(case):
        if "into closure" in (span.label or ""):
            yield from _closure(case, span, node, kind)
            continue
        yield from _lent(case, node)
        yield from _cloned(case, node, kind)
        yield from _reordered(case, node)
        yield from _parameter(case)
        yield from _method(case, node)
        yield from _taken(case, node, kind)
    yield from made_copy(case, kind)


def _lent(case: Case, node: Node) -> Iterator[Answer]:
    """Borrow instead: in a let, a match, a loop, an argument."""
    parent = node.parent
    if parent is None:
        return
    shown = text(node)
    put = (edits.insert(case.path, node.start_byte, "&"),)
    if parent.type == "let_declaration" and parent.child_by_field_name("value") == node:
        if parent.child_by_field_name("type") is None:
            yield Answer(f"borrow `{shown}` instead of moving it", put, 0.55)
    elif parent.type in ("match_expression", "let_condition"):
        yield Answer(f"match on `&{shown}`", put, 0.6)
    elif parent.type == "for_expression":
        yield Answer(f"iterate over `&{shown}`", put, 0.85)
    elif parent.type == "arguments":
        yield Answer(f"pass `&{shown}`", put, 0.25)
    elif parent.type in (
        "assignment_expression",
        "array_expression",
        "tuple_expression",
        "field_initializer",
    ):
        yield Answer(f"use `&{shown}`", put, 0.15)


def _cloned(case: Case, node: Node, kind: str | None) -> Iterator[Answer]:
    """A clone, with the derive it needs when the type is ours."""
    if node.type not in ("identifier", "field_expression", "self", "index_expression") or kind is None:
        return
    item = case.index.type_named(kind) if not types.is_reference(kind) else None
    extra: tuple[Replacement, ...] = ()
    prior = 0.4
    if item is not None and not case.index.implements(item.name, "Clone"):
        extra = derived(case.situation, case.index, item, ("Clone",))
        if not extra:
            return
        prior = 0.2
    elif not is_clone(kind, case.index):
        return
    looped = nodes.around(node, LOOPS) is not None
    after = edits.insert(case.path, node.end_byte, ".clone()")
    parent = node.parent
    if parent is not None and parent.type == "shorthand_field_initializer":
        after = edits.insert(case.path, node.end_byte, f": {text(node)}.clone()")
    risk = (CLONES,) if looped else ()
    yield Answer(f"clone `{text(node)}`", (*extra, after), prior, risk)


def _reordered(case: Case, node: Node) -> Iterator[Answer]:
    """The later use goes before the move."""
    found = row(case.root, (node.start_byte, case.place.start))
    if found is None or found.at[0] >= found.at[1]:
        return
    mover, user = found.at
    statement, anchor = found.statements[user], found.statements[mover]
    if may_rise(statement, found.statements[mover:user]):
        parts = move_before(case.path, case.source, statement, anchor)
        yield Answer(f"use `{text(node)}` before it is moved", parts, 0.3)


def _parameter(case: Case) -> Iterator[Answer]:
    """The function of the tree that took it only reads it: let it borrow."""
    for span in case.noted("consider changing this parameter type"):
        function = case.index.at(span.path, span.start, span.end)
        if not isinstance(function, Function):
            continue
        for number, parameter in enumerate(function.parameters):
            if not (parameter.start <= span.start and span.end <= parameter.end) or not parameter.name:
                continue
            generic = {part.name for part in function.generics}
            if parameter.type.text in generic or parameter.type.text.startswith("impl "):
                continue
            root = case.situation.syntax(span.path).root_node
            definition = nodes.function_of(nodes.node_at(root, span.start, span.end))
            body = None if definition is None else definition.child_by_field_name("body")
            binding = None if body is None else binding_of(root, parameter.name, body.end_byte - 1)
            reads = body is not None and binding is not None and only_read(case.index, root, body, binding)
            spelled = [lent_type(parameter.type.text), f"&{types.tidy(parameter.type.text)}"]
            for place, written in enumerate(dict.fromkeys(spelled)):
                parts = with_parameter(case.situation, case.index, function, number, written, lend)
                prior = (0.91 if reads else 0.15) - 0.1 * place
                yield Answer(
                    f"let `{function.name}` borrow `{parameter.name}`",
                    parts,
                    prior,
                    ("changes a signature",),
                )


def _method(case: Case, node: Node) -> Iterator[Answer]:
    """A method that consumes: its lending sister, a borrow in front of it, or a receiver that lends."""
    call = nodes.around(node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    if (
        call is None
        or callee is None
        or callee.type != "field_expression"
        or callee.child_by_field_name("value") != node
    ):
        return
    name = callee.child_by_field_name("field")
    if name is None:
        return
    sister = _LENDING.get(text(name))
    if sister is not None:
        parts: tuple[Replacement, ...] = (edits.replace_node(case.path, name, sister),)
        yield Answer(f"call `.{sister}()` instead of `.{text(name)}()`", parts, 0.91)
    for function in case.index.named(text(name), Function):
        if function.receiver is not None and function.receiver.text in ("self", "mut self"):
            parts, reads = lent_receiver(case.situation, case.index, function)
            yield Answer(
                f"let `{function.name}` borrow `self`",
                parts,
                0.5 if reads else 0.15,
                ("changes a signature",),
            )


def _taken(case: Case, node: Node, kind: str | None) -> Iterator[Answer]:
    """In a loop, leave an empty value behind; before one that is assigned anew."""
    if kind is None or node.type not in ("identifier", "field_expression") or not has_default(kind, case.index):
        return
    if nodes.around(node, LOOPS) is None or (node.parent is not None and node.parent.type == "field_expression"):
        return
    binding = binding_of(case.root, text(node), node.start_byte)
    if binding is None or not binding.mutable:
        return
    call = ".take()" if types.head(kind) == "Option" else None
    parts: tuple[Replacement, ...] = (
        (edits.insert(case.path, node.end_byte, call),)
        if call
        else edits.wrap(case.path, node.start_byte, node.end_byte, "std::mem::take(&mut ", ")")
    )
    again = "previous iteration" in (case.place.label or "") + "".join(s.label or "" for s in case.spans("moved"))
    changed = any(_changed(use) for use in occurrences(case.function or case.root, text(node)))
    # What is filled and handed on, round after round, starts empty again; a clone would keep growing.
    yield Answer(f"take the value out of `{text(node)}`", parts, 0.93 if again and changed else 0.35)


def _changed(use: Node) -> bool:
    """The name stands before a method that fills what it is called on."""
    parent = use.parent
    return (
        parent is not None
        and parent.type == "field_expression"
        and text(parent.child_by_field_name("field")) in ("push", "push_str", "insert", "extend", "push_back", "append")
    )


def _closure(case: Case, span: Span, node: Node, kind: str | None) -> Iterator[Answer]:
    """Moved into a closure: lend to it, or give it a clone."""
    closure = nodes.enclosing(node, ("closure_expression", "async_block"))
    if closure is None:
        return
    name = next((quoted(n)[0] for n in [case.diagnostic.message] if quoted(n)), "")
    word = next((child for child in closure.children if child.type == "move"), None)
    if word is not None:
        drop = (edits.delete(case.path, word.start_byte, _past_blank(case.source, word.end_byte)),)
        yield Answer("let the closure borrow what it uses", drop, 0.4)
    if not re.fullmatch(r"\w+", name):
        return
    statement = nodes.statement_of(nodes.node_at(case.root, span.start, span.end))
    if statement is None:
        return
    looped = nodes.around(statement, LOOPS) is not None
    maker = f"{name}.clone()"
    if (
        kind is not None
        and types.head(kind) in ("Rc", "Arc")
        and f"{types.head(kind)}::clone(" in case.source.decode("utf-8", "replace")
    ):
        maker = f"{types.head(kind)}::clone(&{name})"
    if kind is not None and (is_clone(kind, case.index) or case.index.type_named(kind) is None):
        risk = (CLONES,) if looped else ()
        if looped and not _assigned_in(statement, name):
            line = edits.line_before(case.path, case.source, statement.start_byte, f"let {name} = {maker};")
            counted = kind is not None and types.head(kind) in ("Rc", "Arc")
            # A clone of a counted pointer copies nothing.
            yield Answer(
                f"give the closure its own clone of `{name}`",
                (line,),
                0.95 if counted else 0.5,
                () if counted else risk,
            )
        block = edits.wrap(case.path, closure.start_byte, closure.end_byte, f"{{ let {name} = {maker}; ", " }")
        yield Answer(f"clone `{name}` for the closure", block, 0.35, risk)
        other = free_name(case.function or case.root, f"{name}_clone", f"{name}_copy")
        renamed = tuple(edits.replace_node(case.path, use, other) for use in occurrences(closure, name))
        line = edits.line_before(case.path, case.source, statement.start_byte, f"let {other} = {maker};")
        yield Answer(f"let the closure use a clone of `{name}`", (line, *renamed), 0.4, risk)
    for use in list(occurrences(closure, name))[:2]:
        if word is None and use.parent is not None and use.parent.type in ("arguments", "let_declaration"):
            yield Answer(
                f"borrow `{name}` in the closure",
                (edits.insert(case.path, use.start_byte, "&"),),
                0.3,
            )
            if kind is not None and is_clone(kind, case.index):
                yield Answer(
                    f"clone `{name}` in the closure",
                    (edits.insert(case.path, use.end_byte, ".clone()"),),
                    0.45,
                )


def _assigned_in(statement: Node, name: str) -> bool:
    return statement.type == "let_declaration" and text(statement.child_by_field_name("pattern")) == name


def _past_blank(source: bytes, byte: int) -> int:
    while source[byte : byte + 1].isspace():
        byte += 1
    return byte


propose = answering({"E0382": (_answers,)})
