"""Owners that end before what borrows from them: E0597, E0716, E0712, E0521, E0373, E0700.

The owner moves to an outer block (or in front of its borrower, when only the order of drops is wrong), a temporary
gets a name, the use moves in, a demand for ``'static`` goes, or what escapes is owned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.disentangling import unshared
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.reordering import dedented, may_rise, move_before
from rusta_cargo.repair.code.scopes import Binding, binding_of
from rusta_cargo.repair.code.usage import (
    bound_by,
    free_name,
    mentions,
    names_in,
    root_name,
)

_STATIC = re.compile(r"'static\s*")


def _short_lived(case: Case) -> Iterator[Answer]:
    """E0597."""
    node = case.node
    name = root_name(node)
    binding = None if name is None else binding_of(case.root, name, case.place.start)
    if binding is not None and binding.kind == "let":
        yield from _hoisted(case, binding)
        yield from _before_borrower(case, binding)
    yield from _use_inside(case)
    yield from _not_static(case)
    yield from unshared(case, case.place)
    yield from _given(case, node)


def _hoisted(case: Case, binding: Binding) -> Iterator[Answer]:
    """The ``let`` of the owner, with those it needs, goes in front of the statement around its block."""
    declaration: Node = binding.at
    block = nodes.block_of(declaration)
    level = 0
    group: list[Node] | None = None
    while block is not None and level < 3:
        outer = nodes.statement_of(block)
        if outer is None or nodes.function_of(outer) is None:
            return
        group = _needed(block, declaration) if level == 0 else group
        if group is None:
            return
        crossing = _bound_between(block, outer)
        if any(mentions(item, crossing) for item in group):
            return
        lines = "\n".join(dedented(case.source, item) for item in group)
        put = edits.line_before(case.path, case.source, outer.start_byte, lines)
        gone = tuple(edits.delete_lines(case.path, case.source, item.start_byte, item.end_byte) for item in group)
        yield Answer(f"declare `{binding.name}` outside the block", (put, *gone), 0.75 - 0.15 * level)
        block = nodes.block_of(outer)
        level += 1


def _needed(block: Node, declaration: Node) -> list[Node] | None:
    """The declaration with the lets of its block that it uses; None when something else lies in between."""
    group, wanted = [declaration], names_in(declaration)
    for statement in reversed([s for s in block.named_children if s.end_byte <= declaration.start_byte]):
        if bound_by(statement) & wanted:
            group.insert(0, statement)
            wanted |= names_in(statement)
    return group if len(group) <= 4 else None


def _bound_between(block: Node, outer: Node) -> set[str]:
    """Names that patterns, loops and closures between a block and the statement around it bind."""
    found: set[str] = set()
    for around in nodes.ancestors(block):
        if around.id == outer.id and around.type != "for_expression" and around.type != "expression_statement":
            break
        for field in ("pattern", "parameters", "condition"):
            part = around.child_by_field_name(field)
            if part is not None and around.type in (
                "for_expression",
                "closure_expression",
                "match_arm",
                "if_expression",
                "while_expression",
            ):
                found |= names_in(part)
        if around.id == outer.id:
            break
    return found


def _before_borrower(case: Case, binding: Binding) -> Iterator[Answer]:
    """In one block, what is declared later is dropped first: the owner goes in front of what borrows from it."""
    for span in case.spans(
        "dropped",
        "later used",
        "later stored",
        "later call",
        "used by call",
        "used here",
        "lives for",
    ):
        names = [name for name in quoted(span.label or "") if name.isidentifier() and name != binding.name]
        used = nodes.node_at(case.root, span.start, span.end)
        names += [text(used)] if used.type == "identifier" else []
        for name in dict.fromkeys(names):
            other = binding_of(case.root, name, span.start)
            if other is None or other.kind != "let" or other.start >= binding.start:
                continue
            if nodes.block_of(other.at) != nodes.block_of(binding.at):
                continue
            listed = (
                [
                    c
                    for c in other.at.parent.named_children
                    if other.at.start_byte <= c.start_byte < binding.at.start_byte
                ]
                if other.at.parent is not None
                else []
            )
            if may_rise(binding.at, listed):
                parts = move_before(case.path, case.source, binding.at, other.at)
                yield Answer(f"declare `{binding.name}` before `{name}`", parts, 0.75)


def _use_inside(case: Case) -> Iterator[Answer]:
    """The statement that uses the borrow after the block moves to its end."""
    later = next(iter(case.spans("later used")), None)
    if later is None or later.path != case.path:
        return
    block = nodes.block_of(nodes.node_at(case.root, case.place.start, case.place.end))
    outer = None if block is None else nodes.statement_of(block)
    user = nodes.statement_of(nodes.node_at(case.root, later.start, later.end))
    if (
        block is None
        or outer is None
        or user is None
        or outer.next_named_sibling != user
        or user.type == "let_declaration"
    ):
        return
    last = block.named_children[-1]
    indent = nodes.indent_at(case.source, last.start_byte)
    line = edits.insert(case.path, last.end_byte, f"\n{indent}{dedented(case.source, user)}")
    parts = (line, edits.delete_lines(case.path, case.source, user.start_byte, user.end_byte))
    if text(last).endswith((";", "}")):
        yield Answer("use the borrow inside the block", parts, 0.3)


def _not_static(case: Case) -> Iterator[Answer]:
    """A demand for ``'static`` that comes from a type in the tree goes."""
    for span in [*case.spans("'static"), *case.noted("'static")]:
        node = nodes.node_at(case.situation.syntax(span.path).root_node, span.start, span.end)
        kind = nodes.enclosing(node, "reference_type")
        if kind is not None:
            plain = _STATIC.sub("", text(kind), count=1)
            yield Answer("ask for no `'static` reference", (edits.replace_node(span.path, kind, plain),), 0.4)
        call = nodes.enclosing(node, "call_expression")
        callee = (
            "" if call is None else text(call.child_by_field_name("function")).rpartition(".")[2].rpartition("::")[2]
        )
        for function in case.index.named(callee, Function) if callee else ():
            for parameter in function.parameters:
                if "'static" in parameter.type.text:
                    plain = re.sub(r"\s*\+\s*'static|'static\s*\+\s*|'static\s*", "", parameter.type.text)
                    change = edits.replace(function.path, parameter.type.start, parameter.type.end, plain)
                    yield Answer(
                        f"let `{function.name}` ask for no `'static`",
                        (change,),
                        0.45,
                        ("changes a signature",),
                    )


def _given(case: Case, node: Node) -> Iterator[Answer]:
    """Give the value itself, or a clone, instead of a reference to it."""
    if node.type != "reference_expression":
        return
    value = node.child_by_field_name("value")
    if value is not None and nodes.child(node, "mutable_specifier") is None:
        off = edits.delete(case.path, node.start_byte, value.start_byte)
        yield Answer(f"use `{text(value)}` itself", (off,), 0.2)
        yield Answer(
            f"use a clone of `{text(value)}`",
            (off, edits.insert(case.path, value.end_byte, ".clone()")),
            0.18,
        )


def _temporary(case: Case) -> Iterator[Answer]:
    """E0716: the temporary gets a name before the statement; or what was read of it is owned."""
    statement = nodes.statement_of(nodes.node_at(case.root, case.place.start, case.place.end))
    node = case.node
    if statement is None:
        return
    if node.type not in ("block", "closure_expression") and not any(
        n.type in ("closure_expression", "match_arm")
        for n in nodes.ancestors(node)
        if n.start_byte >= statement.start_byte and n.id != statement.id
    ):
        name = free_name(case.function or case.root, _named(node))
        mut = "mut " if node.parent is not None and nodes.child(node.parent, "mutable_specifier") is not None else ""
        line = edits.line_before(case.path, case.source, statement.start_byte, f"let {mut}{name} = {text(node)};")
        yield Answer(
            f"keep the temporary as `{name}`",
            (line, edits.replace_node(case.path, node, name)),
            0.45,
        )
    value = statement.child_by_field_name("value") if statement.type == "let_declaration" else None
    if value is None or statement.child_by_field_name("type") is not None:
        return
    if value.type == "reference_expression" and value.child_by_field_name("value") == node:
        yield Answer("own the value", (edits.delete(case.path, value.start_byte, node.start_byte),), 0.4)
    elif value.type == "call_expression":
        callee = value.child_by_field_name("function")
        if (
            callee is not None
            and callee.child_by_field_name("value") == node
            and text(callee).endswith((".as_str", ".as_slice", ".as_ref"))
        ):
            yield Answer("own the value", (edits.delete(case.path, node.end_byte, value.end_byte),), 0.45)
        for then in (".to_string()", ".to_owned()", ".clone()", ".to_vec()"):
            yield Answer(
                f"own what is read with `{then}`",
                (edits.insert(case.path, value.end_byte, then),),
                0.2,
            )


def _named(node: Node) -> str:
    callee = node.child_by_field_name("function") if node.type == "call_expression" else None
    if callee is not None and callee.type == "field_expression":
        name = text(callee.child_by_field_name("field")).removeprefix("get_")
        return {
            "lock": "guard",
            "read": "guard",
            "write": "guard",
            "borrow": "borrowed",
            "borrow_mut": "borrowed",
        }.get(name, "binding")
    return "binding"


propose = answering(
    {
        "E0597": (_short_lived,),
        "E0712": (_short_lived,),
        "E0716": (_temporary, _not_static),
        "E0521": (_not_static,),
    }
)
