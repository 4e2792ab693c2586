"""Constants and statics whose value cannot be had when the crate is compiled: E0015, E0658 of const functions, E0010,
E0080, E0492, E0493, E0764; and E0308 of one declared as owned.

The function called becomes ``const``; a value that needs the heap becomes a borrowed one, or is made on first use; a
constant with interior mutability becomes a static; arithmetic that overflows gets a wider type; a loop in a
``const fn`` becomes a ``while``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Function, Trait, Value
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.renaming import within
from rusta_cargo.repair.code.seeing import expression_at
from rusta_cargo.repair.code.similar import words_of

_HOLDERS = ("const_item", "static_item", "const_block")
_WIDER = {
    "u8": ("u16", "u32"), "i8": ("i16", "i32"), "u16": ("u32", "u64"), "i16": ("i32", "i64"), "u32": ("u64",),
    "i32": ("i64", "u32"), "u64": ("u128",), "i64": ("i128",), "usize": ("u64", "u128"), "isize": ("i64", "i128"),
}  # fmt: skip
_TEXTS = re.compile(
    r'^(?:String::from\((?P<a>"(?:[^"\\]|\\.)*")\)|(?P<b>"(?:[^"\\]|\\.)*")\.(?:to_string|to_owned|into)\(\))$'
)
_LAZY = "std::sync::LazyLock"
_LOCKS = (
    "Mutex",
    "RwLock",
    "AtomicUsize",
    "AtomicBool",
    "AtomicU32",
    "AtomicU64",
    "AtomicI32",
    "OnceLock",
    "LazyLock",
)


def _holder(case: Case) -> Node | None:
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    return nodes.enclosing(node, (*_HOLDERS, *nodes.FUNCTIONS))


def _callee(case: Case) -> Iterator[Answer]:
    """The function that is called becomes a constant one, with those of the tree that it calls."""
    node = expression_at(case, case.place)
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    name = ""
    if callee is not None:
        name = text(callee.child_by_field_name("name") or callee.child_by_field_name("field") or callee)
    found = [f for f in case.index.named(name.rpartition("::")[2], Function) if f.body is not None]
    for function in found[:3]:
        owner = function.owner
        in_trait = isinstance(owner, Trait) or getattr(owner, "trait", None) is not None
        if in_trait or "const" in function.modifiers.split():
            continue
        place = _keyword(case, function)
        if place is not None:
            put = edits.insert(function.path, place, "const ")
            yield Answer(f"make `{function.name}` a constant function", (put,), 0.85)


def _keyword(case: Case, function: Function) -> int | None:
    """Where the modifiers of a function begin."""
    root = case.situation.syntax(function.path).root_node
    node = nodes.enclosing(nodes.node_at(root, function.name_start), nodes.FUNCTIONS)
    if node is None or "async" in function.modifiers:
        return None
    modifiers = nodes.child(node, "function_modifiers")
    word = modifiers if modifiers is not None else nodes.child(node, "fn")
    return None if word is None else word.start_byte


def _borrowed(case: Case) -> Iterator[Answer]:
    """A text or list on the heap becomes a borrowed one."""
    holder = _holder(case)
    if holder is None or holder.type not in ("const_item", "static_item"):
        return
    kind, value = holder.child_by_field_name("type"), holder.child_by_field_name("value")
    if kind is None or value is None:
        return
    told = _TEXTS.match(text(value))
    if told is not None and text(kind) in ("String", "std::string::String"):
        literal = told["a"] or told["b"]
        parts = (
            edits.replace_node(case.path, kind, "&str"),
            edits.replace_node(case.path, value, literal),
        )
        yield Answer("use the text itself", parts, 0.85)
    listed = re.match(r"vec!\s*[\[(](.*)[\])]$", text(value), re.DOTALL)
    element = types.inner(text(kind), "Vec")
    if listed is not None and element is not None:
        inner = listed[1]
        plain = element == "String" and 'String::from("' not in inner and ".to_" not in inner
        if element == "String" and not plain:
            inner = re.sub(r'String::from\(("(?:[^"\\]|\\.)*")\)', r"\1", inner)
            inner = re.sub(r'("(?:[^"\\]|\\.)*")\.(?:to_string|to_owned|into)\(\)', r"\1", inner)
            element = "&str"
        parts = (
            edits.replace_node(case.path, kind, f"&[{element}]"),
            edits.replace_node(case.path, value, f"&[{inner}]"),
        )
        yield Answer("use a slice", parts, 0.8)


def _lent(case: Case) -> Iterator[Answer]:
    """E0308: a constant declared as an owned text or list whose value is a borrowed one takes the value's type."""
    holder, told = _holder(case), mismatch(case.diagnostic)
    if holder is None or told is None or holder.type not in ("const_item", "static_item"):
        return
    kind, value = holder.child_by_field_name("type"), holder.child_by_field_name("value")
    if kind is None or value is None or (value.start_byte, value.end_byte) != (case.place.start, case.place.end):
        return
    element = types.inner(types.tidy(told.expected), "Vec")
    inner = types.referent(told.found) if types.is_reference(told.found) else ""
    if types.tidy(told.expected) == "String" and told.found == "&str":
        yield Answer("declare it as the text that it is", (edits.replace_node(case.path, kind, "&str"),), 0.85)
    elif element is not None and inner.startswith("[") and (item := types.element(inner)) is not None:
        listed = types.inner(text(kind), "Vec") or item
        if types.same(item, element) or item == element:
            change = edits.replace_node(case.path, kind, f"&[{listed}]")
            yield Answer("declare it as the slice that it is", (change,), 0.85)


def _lazily(case: Case) -> Iterator[Answer]:
    """The value is made on first use."""
    holder = _holder(case)
    if holder is None or holder.type not in ("const_item", "static_item"):
        return
    kind, value = holder.child_by_field_name("type"), holder.child_by_field_name("value")
    word = nodes.child(holder, ("const", "static"))
    if kind is None or value is None or word is None or _LAZY.rpartition("::")[2] in text(kind):
        return
    short = b"LazyLock" in case.source and b"use std::sync::" in case.source
    lazy = "LazyLock" if short else _LAZY
    parts = [
        *edits.wrap(case.path, kind.start_byte, kind.end_byte, f"{lazy}<", ">"),
        *edits.wrap(case.path, value.start_byte, value.end_byte, f"{lazy}::new(|| ", ")"),
    ]
    if text(word) == "const":
        parts.insert(0, edits.replace_node(case.path, word, "static"))
    inside = nodes.impl_of(holder) is not None
    if not inside:
        yield Answer("make the value on first use", tuple(parts), 0.5)
    name = holder.child_by_field_name("name")
    if nodes.function_of(holder) is not None and name is not None:
        block = nodes.block_of(holder)
        new = "_".join(words_of(text(name)))
        change = [edits.replace_node(case.path, word, "let")]
        if block is not None:
            change += list(within(case.path, case.source, block, text(name), new)) if new != text(name) else []
        yield Answer("make it a local", tuple(change), 0.45)


def _not_constant(case: Case) -> Iterator[Answer]:
    """The function around need not be constant."""
    holder = _holder(case)
    if holder is None or holder.type not in nodes.FUNCTIONS:
        return
    word = nodes.child(nodes.child(holder, "function_modifiers"), "const")
    if word is not None:
        yield Answer(
            "make it an ordinary function",
            (edits.delete(case.path, word.start_byte, word.end_byte + 1),),
            0.45,
        )
    loop = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "for_expression")
    values = None if loop is None else loop.child_by_field_name("value")
    pattern = None if loop is None else loop.child_by_field_name("pattern")
    body = None if loop is None else loop.child_by_field_name("body")
    if loop is None or body is None or values is None or pattern is None or values.type != "range_expression":
        return
    ends = values.named_children
    if len(ends) != 2 or pattern.type != "identifier" or "continue" in text(body):
        return
    sign = "<=" if "..=" in text(values) else "<"
    name, (low, high) = text(pattern), (text(end) for end in ends)
    indent = nodes.indent_at(case.source, loop.start_byte)
    gap = f"\n{indent}" if nodes.starts_line(case.source, loop.start_byte) else " "
    head = f"let mut {name} = {low};{gap}while {name} {sign} {high} "
    closing = body.end_byte - 1
    content = len(case.source[:closing].rstrip())
    semicolon = "" if case.source[content - 1 : content] in (b";", b"}", b"{") else ";"
    lead = f"\n{indent}{nodes.indent_unit(case.source)}" if "\n" in text(body) else " "
    step = f"{lead}{name} += 1;"
    parts = (
        edits.replace(case.path, loop.start_byte, body.start_byte, head),
        edits.insert(case.path, content, f"{semicolon}{step}"),
    )
    yield Answer("count with `while`", parts, 0.8)


def _overflow(case: Case) -> Iterator[Answer]:
    """Arithmetic in a constant that does not fit its type, or an index behind the end."""
    message = case.diagnostic.message
    told = re.search(r"length is (\d+) but the index is (\d+)", message)
    node = expression_at(case, case.place)
    if told is not None and int(told[1]) > 0:
        found = node if node.type == "index_expression" else nodes.enclosing(node, "index_expression")
        index = None if found is None else found.named_children[-1]
        if index is not None:
            last = str(int(told[1]) - 1)
            weight = 0.6 if index.type == "integer_literal" else 0.3
            yield Answer("take the last element", (edits.replace_node(case.path, index, last),), weight)
        return
    kinds = re.findall(r"_([iu](?:8|16|32|64|128|size))\b", message)
    holder = _holder(case)
    declared = (
        None
        if holder is None
        else holder.child_by_field_name("type" if holder.type != "function_item" else "return_type")
    )
    if not kinds or declared is None:
        return
    for at, new in enumerate(_WIDER.get(kinds[0], ())):
        if text(declared) == kinds[0]:
            yield Answer(
                f"declare it `{new}`",
                (edits.replace_node(case.path, declared, new),),
                0.6 - 0.1 * at,
            )
    if kinds[0].startswith("u") and "-" in message:
        signed = edits.replace_node(case.path, declared, f"i{kinds[0][1:]}")
        operation = node if node.type == "binary_expression" else nodes.enclosing(node, "binary_expression")
        yield Answer("declare it signed", (signed,), 0.5)
        if operation is not None:
            left, right = (
                operation.child_by_field_name("left"),
                operation.child_by_field_name("right"),
            )
            if left is not None and right is not None:
                parts = (
                    edits.replace_node(case.path, left, text(right)),
                    edits.replace_node(case.path, right, text(left)),
                )
                yield Answer("swap the operands", parts, 0.4)


def _as_static(case: Case) -> Iterator[Answer]:
    """A borrow of what changes inside: the constant becomes a static, without the borrow where it can."""
    holder = _holder(case)
    if holder is None or holder.type not in ("const_item", "static_item"):
        return
    kind, value = holder.child_by_field_name("type"), holder.child_by_field_name("value")
    word = nodes.child(holder, ("const", "static"))
    if kind is None or value is None or word is None:
        return
    to_static = [edits.replace_node(case.path, word, "static")] if text(word) == "const" else []
    if value.type == "reference_expression" and kind.type == "reference_type":
        target, owned = value.child_by_field_name("value"), kind.child_by_field_name("type")
        mutable = nodes.child(value, "mutable_specifier")
        if target is not None and owned is not None:
            yield from _referred(case, text(target))
            bare = [
                *to_static,
                edits.delete(case.path, kind.start_byte, owned.start_byte),
                edits.delete(case.path, value.start_byte, target.start_byte),
            ]
            shared = types.head(text(owned)) in _LOCKS
            yield Answer("make it a static without the borrow", tuple(bare), 0.7 if shared else 0.4)
            if mutable is not None:
                there = nodes.child(kind, "mutable_specifier")
                parts = [edits.delete(case.path, mutable.start_byte, target.start_byte)]
                if there is not None:
                    parts.append(edits.delete(case.path, there.start_byte, owned.start_byte))
                yield Answer("borrow it without `mut`", tuple(parts), 0.7)
                changing = (edits.replace_node(case.path, word, "static mut"),)
                yield Answer("make it a mutable static", changing, 0.3)
    if to_static:
        yield Answer("make it a static", tuple(to_static), 0.45)


def _referred(case: Case, name: str) -> Iterator[Answer]:
    """What is borrowed is a constant of the tree: it becomes a static, of a type that threads may share."""
    for item in case.index.named(name, Value):
        root = case.situation.syntax(item.path).root_node
        node = nodes.enclosing(nodes.node_at(root, item.name_start), "const_item")
        word = nodes.child(node, "const")
        if node is None or word is None:
            continue
        part = edits.replace_node(item.path, word, "static")
        kind = "" if item.type is None else types.head(item.type.text)
        if kind in ("Cell", "RefCell", "UnsafeCell"):
            continue
        yield Answer(f"make `{name}` a static", (part,), 0.75)


_CONST = (_callee, _borrowed, _lazily, _not_constant)
_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0015": _CONST,
    "E0010": _CONST,
    "E0658": _CONST[:2],
    "E0493": _CONST,
    "E0308": (_lent,),
    "E0080": (_overflow,),
    "E0492": (_as_static,),
    "E0764": (_as_static,),
}
propose = answering(_TABLE)
