"""Small forms that are not allowed, each with the form that is: E0033, E0044, E0045, E0055, E0130, E0161, E0371, E0577,
E0584, E0585, E0704, E0742, E0745, E0784, E0797, E0801, and limits of recursion without a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Function, Impl, Trait
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.seeing import expression_at
from rusta_cargo.repair.code.usage import free_name
from rusta_cargo.repair.proposer import Replacement

_COMMENTS = ("line_comment", "block_comment")
_LIMIT = re.compile(r"#!\[(\w+)\s*=\s*\"(\d+)\"\]")


def _at(case: Case) -> Node:
    return nodes.node_at(case.root, case.place.start, case.place.end)


def _documentation(case: Case) -> Iterator[Answer]:
    """Documentation of nothing becomes an ordinary comment; or that of the item around."""
    first = nodes.enclosing(_at(case), _COMMENTS)
    parts: list[Replacement] = []
    inner: list[Replacement] = []
    start = case.place.start
    line = nodes.line_start(case.source, start)
    while line < len(case.source):
        found = re.match(rb"\s*(///|//!)", case.source[line : nodes.line_end(case.source, line)])
        if found is None:
            break
        place = line + found.start(1)
        if place >= start:
            parts.append(edits.replace(case.path, place, place + 3, "//"))
            inner.append(edits.replace(case.path, place, place + 3, "//!"))
        line = nodes.after_line(case.source, line)
    if not parts and case.source[start : start + 3] in (b"///", b"//!"):
        parts.append(edits.replace(case.path, start, start + 3, "//"))
    if not parts and case.source[start : start + 3] in (b"/**", b"/*!"):
        parts.append(edits.replace(case.path, start, start + 3, "/*"))
    # The compiler may point at the line after the comment.
    if not parts and first is None:
        before = case.source[:start].rstrip()
        at = nodes.line_start(case.source, len(before))
        found = re.match(rb"\s*(///)", case.source[at : len(before)])
        if found is not None:
            place = at + found.start(1)
            parts.append(edits.replace(case.path, place, place + 3, "//"))
    yield Answer("make it an ordinary comment", tuple(parts), 0.85)
    yield Answer("document what is around", tuple(inner), 0.15)


def _visibility(case: Case) -> Iterator[Answer]:
    """``pub(name)``: in the crate, or in the module of the name."""
    node = nodes.enclosing(_at(case), "visibility_modifier")
    start, end = (case.place.start, case.place.end) if node is None else (node.start_byte, node.end_byte)
    if node is None:
        opening = case.source.rfind(b"pub", 0, case.place.start + 3)
        closing = case.source.find(b")", case.place.end)
        if opening < 0 or closing < 0 or b"\n" in case.source[opening:closing]:
            return
        start, end = opening, closing + 1
    for new, weight in (("pub(crate)", 0.7), ("pub(super)", 0.4), ("pub", 0.35)):
        yield Answer(f"write `{new}`", (edits.replace(case.path, start, end, new),), weight)


def _temporary(case: Case) -> Iterator[Answer]:
    """The address of a temporary: the value gets a name first."""
    node = _at(case)
    statement = nodes.statement_of(node)
    block = nodes.block_of(node)
    if statement is None or block is None:
        return
    name = free_name(block, "value", "temporary")
    written = case.situation.text(case.path, case.place.start, case.place.end)
    around = nodes.enclosing(node, ("reference_expression", "raw_pointer_expression"))
    changed = "mut" in text(around)[:9] if around is not None else False
    word = "let mut" if changed else "let"
    line = edits.line_before(case.path, case.source, statement.start_byte, f"{word} {name} = {written};")
    change = edits.replace(case.path, case.place.start, case.place.end, name)
    yield Answer("name the value first", (line, change), 0.85)


def _union(case: Case) -> Iterator[Answer]:
    """A union expression has exactly one field."""
    node = nodes.enclosing(_at(case), "struct_expression")
    body = None if node is None else node.child_by_field_name("body")
    if node is None or body is None:
        return
    spans = edits.elements_of(body)
    for keep, (start, end) in enumerate(spans):
        inner = case.source[start:end].decode("utf-8", "replace")
        change = edits.replace(case.path, spans[0][0], spans[-1][1], inner)
        yield Answer(f"give only `{inner.partition(':')[0].strip()}`", (change,), 0.6 - 0.1 * keep)
    union = case.index.struct(text(node.child_by_field_name("name")))
    if not spans and union is not None:
        for field in union.fields[:2]:
            value = "0" if types.head(field.type.text) in types.NUMBERS else "Default::default()"
            put = edits.add_to(case.path, case.source, body, f"{field.name}: {value}")
            yield Answer(f"give `{field.name}`", (put,), 0.4)


def _no_base(case: Case) -> Iterator[Answer]:
    """``..`` without a value behind it."""
    place = case.source.rfind(b"..", 0, case.place.end + 2)
    if place < 0 or place + 2 < case.place.start - 2:
        return
    put = edits.insert(case.path, place + 2, "Default::default()")
    yield Answer("take the rest from the default", (put,), 0.6)
    before = re.search(rb",?\s*$", case.source[:place])
    start = place - (len(before[0]) if before is not None else 0)
    yield Answer("leave `..` out", (edits.delete(case.path, start, place + 2),), 0.4)


def _generic_receiver(case: Case) -> Iterator[Answer]:
    """``self`` of a generic type: a plain receiver."""
    parameter = nodes.enclosing(_at(case), ("parameter", "self_parameter"))
    if parameter is None:
        return
    kind = text(parameter.child_by_field_name("type"))
    item = case.item
    generics = () if item is None else item.generics
    which = next((at for at, generic in enumerate(generics) if generic.name == kind), None)
    gone: tuple[Replacement, ...] = ()
    if item is not None and which is not None and item.generics_span is not None:
        spans = [(generic.start, generic.end) for generic in generics]
        whole = item.generics_span
        gone = (
            edits.delete(case.path, whole.start, whole.end)
            if len(spans) == 1
            else edits.delete_element(case.path, case.source, spans, which),
        )
    for new, weight in (("&self", 0.7), ("self", 0.4), ("&mut self", 0.3)):
        change = edits.replace_node(case.path, parameter, new)
        yield Answer(f"take `{new}`", (*gone, change), weight)


def _variadic(case: Case) -> Iterator[Answer]:
    """A variadic function has a calling convention that knows such things."""
    block = nodes.enclosing(_at(case), ("foreign_mod_item", *nodes.FUNCTIONS))
    for around in nodes.ancestors(_at(case)) if block is not None else ():
        word = nodes.child(around, "extern_modifier")
        literal = nodes.child(word, "string_literal")
        if literal is not None:
            yield Answer('use `extern "C"`', (edits.replace_node(case.path, literal, '"C"'),), 0.9)
            return


def _foreign_pattern(case: Case) -> Iterator[Answer]:
    """A parameter of a foreign function is a plain name."""
    node = nodes.enclosing(_at(case), "parameter")
    pattern = None if node is None else node.child_by_field_name("pattern")
    if pattern is None or node is None:
        return
    if text(pattern).startswith("mut "):
        yield Answer("leave `mut` out", (edits.replace_node(case.path, pattern, text(pattern)[4:]),), 0.9)
    word = nodes.child(node, "mutable_specifier")
    if word is not None:
        yield Answer("leave `mut` out", (edits.delete(case.path, word.start_byte, pattern.start_byte),), 0.9)
    yield Answer("name the parameter", (edits.replace_node(case.path, pattern, "arg"),), 0.7)


def _recursion(case: Case) -> Iterator[Answer]:
    """A limit of the compiler, as it says itself."""
    told = _LIMIT.search(case.diagnostic.rendered.partition("help:")[2])
    if told is None:
        return
    root = next(
        (t.path for p in case.situation.project.packages for t in p.targets if t.path in case.index.files),
        case.path,
    )
    source = case.situation.source(root)
    there = re.search(rb"#!\[" + told[1].encode() + rb"\s*=\s*\"\d+\"\]", source)
    change = (
        edits.insert(root, 0, f"{told[0]}\n")
        if there is None
        else edits.replace(root, there.start(), there.end(), told[0])
    )
    yield Answer("raise the limit", (change,), 0.6)


def _unsized_receiver(case: Case) -> Iterator[Answer]:
    """A method that takes ``self`` by value is called on a trait object: it borrows instead, everywhere."""
    call = nodes.enclosing(expression_at(case, case.place), "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    name = "" if callee is None else text(callee.child_by_field_name("field"))
    told = re.search(r"`dyn (?:\w+::)*(\w+)", case.diagnostic.message)
    if not name or told is None:
        return
    family = [
        function
        for function in case.index.named(name, Function)
        if function.receiver is not None
        and (
            (isinstance(function.owner, Trait) and function.owner.name == told[1])
            or (
                isinstance(function.owner, Impl)
                and function.owner.trait is not None
                and types.head(function.owner.trait.text) == told[1]
            )
        )
    ]
    for new, weight in (("&self", 0.7), ("self: Box<Self>", 0.6), ("&mut self", 0.3)):
        parts = tuple(
            edits.replace(f.path, f.receiver.start, f.receiver.end, new)
            for f in family
            if f.receiver is not None and f.receiver.text in ("self", "mut self")
        )
        yield Answer(f"take `{new}`", parts, weight)


def _automatic(case: Case) -> Iterator[Answer]:
    """An implementation that the trait object has already."""
    node = nodes.enclosing(_at(case), "impl_item")
    body = None if node is None else node.child_by_field_name("body")
    if node is not None and body is not None and not body.named_children:
        gone = edits.delete_lines(case.path, case.source, nodes.item_start(node), node.end_byte)
        yield Answer("leave the implementation out", (gone,), 0.6)


def _reference_pattern(case: Case) -> Iterator[Answer]:
    """A trait object cannot be taken out of its reference by a pattern."""
    node = nodes.enclosing(_at(case), "reference_pattern")
    if node is not None and node.named_children:
        inner = text(node.named_children[-1])
        yield Answer("bind the reference", (edits.replace_node(case.path, node, inner),), 0.85)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0584": (_documentation,),
    "E0585": (_documentation,),
    "E0577": (_visibility,),
    "E0704": (_visibility,),
    "E0742": (_visibility,),
    "E0745": (_temporary,),
    "E0784": (_union,),
    "E0797": (_no_base,),
    "E0801": (_generic_receiver,),
    "E0045": (_variadic,),
    "E0130": (_foreign_pattern,),
    "E0055": (_recursion,),
    "E0275": (_recursion,),
    None: (_recursion,),
    "E0161": (_unsized_receiver,),
    "E0371": (_automatic,),
    "E0033": (_reference_pattern,),
}
propose = answering(_TABLE)
