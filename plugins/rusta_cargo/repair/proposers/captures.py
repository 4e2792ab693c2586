"""Inner items that use what is outside: E0434 (locals), E0401 (generic parameters), E0411 (``Self`` outside an impl).

An inner function becomes a closure, or takes the local as a parameter and its calls give it; it gets generic
parameters of its own; ``Self`` becomes the name of the type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Enum, Item, Struct, Trait, Variant
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of, bindings_at
from rusta_cargo.repair.proposer import Replacement


def _captured(case: Case) -> Iterator[Answer]:
    """A function item that uses a local of the function around."""
    function = nodes.function_of(nodes.node_at(case.root, case.place.start, case.place.end))
    if function is None or nodes.around(function, nodes.FUNCTIONS) is None:
        return
    name = case.situation.text(case.path, case.place.start, case.place.end)
    yield from _closure(case, function)
    yield from _parameter(case, function, name)
    binding = next((b for b in bindings_at(case.root, _before(function)) if b.name == name), None)
    if binding is not None and binding.kind == "let" and binding.value is not None and binding.whole:
        word = nodes.child(binding.at, "let")
        kind = binding.written or Types(case.root, case.index).of_binding(binding)
        kind = {"{integer}": "i32", "{float}": "f64"}.get(kind or "", kind)
        pattern = binding.at.child_by_field_name("pattern")
        if word is not None and kind and pattern is not None and "literal" in binding.value.type:
            end = (binding.at.child_by_field_name("type") or pattern).end_byte
            change = edits.replace(case.path, word.start_byte, end, f"const {name}: {kind}")
            yield Answer(f"make `{name}` a constant", (change,), 0.35)


def _before(function: Node) -> int:
    """A byte of the block around, right in front of an inner function."""
    return function.start_byte - 1


def _closure(case: Case, function: Node) -> Iterator[Answer]:
    """``fn f(x: T) -> R { … }`` becomes ``let f = |x: T| -> R { … };``."""
    name, listed = function.child_by_field_name("name"), function.child_by_field_name("parameters")
    body, kind = function.child_by_field_name("body"), function.child_by_field_name("return_type")
    if name is None or listed is None or body is None or nodes.child(function, "type_parameters"):
        return
    if re.search(rf"\b{re.escape(text(name))}\s*\(", text(body)):
        return
    given = text(listed)[1:-1].strip().rstrip(",")
    arrow = f" -> {text(kind)}" if kind is not None else ""
    inner = [b for b in bindings_at(case.root, body.start_byte + 1) if b.at.start_byte >= function.start_byte]
    changes = re.findall(r"\b(\w+)\s*(?:[-+*/%|&^]|<<|>>)?=(?!=)", text(body))
    outer = {b.name for b in bindings_at(case.root, _before(function))} - {b.name for b in inner}
    word = "let mut" if outer & set(changes) else "let"
    head = f"{word} {text(name)} = |{given}|{arrow} "
    start = function.start_byte
    change = edits.replace(case.path, start, body.start_byte, head)
    semicolon = edits.insert(case.path, body.end_byte, ";")
    binding = binding_of(
        case.root,
        case.situation.text(case.path, case.place.start, case.place.end),
        _before(function),
    )
    if binding is not None:
        yield Answer("make it a closure", (change, semicolon), 0.85)
        return
    # The local is declared below the function: the closure goes behind it.
    wanted = case.situation.text(case.path, case.place.start, case.place.end)
    block = nodes.around(function, "block")
    for statement in block.named_children if block is not None else ():
        pattern = statement.child_by_field_name("pattern") if statement.type == "let_declaration" else None
        if pattern is not None and text(pattern).removeprefix("mut ") == wanted:
            written = head + case.source[body.start_byte : body.end_byte].decode("utf-8", "replace") + ";"
            indent = nodes.indent_at(case.source, statement.start_byte)
            put = edits.insert(case.path, statement.end_byte, f"\n{indent}{written}")
            gone = edits.delete_lines(case.path, case.source, nodes.item_start(function), function.end_byte)
            yield Answer("make it a closure behind the local", (put, gone), 0.8)


def _parameter(case: Case, function: Node, name: str) -> Iterator[Answer]:
    """The local becomes a parameter, and the calls give it."""
    listed, function_name = (
        function.child_by_field_name("parameters"),
        text(function.child_by_field_name("name")),
    )
    block = nodes.around(function, "block")
    if listed is None or block is None:
        return
    reader = Types(case.root, case.index)
    places = [_before(function), block.end_byte - 1]
    kind = None
    for place in places:
        binding = binding_of(case.root, name, place)
        kind = kind or (None if binding is None else reader.of_binding(binding))
    kind = {"{integer}": "i32", "{float}": "f64"}.get(kind or "", kind)
    if kind is None or "_" in types.words(kind):
        return
    plain = kind in types.NUMBERS or kind in ("bool", "char", "f32", "f64") or types.is_reference(kind)
    lend = "" if plain else "&"
    declared = kind if plain else {"String": "&str"}.get(kind, f"&{kind}")
    parts: list[Replacement] = [edits.add_to(case.path, case.source, listed, f"{name}: {declared}")]
    for call in nodes.below(block, "call_expression"):
        arguments = call.child_by_field_name("arguments")
        if text(call.child_by_field_name("function")) == function_name and arguments is not None:
            inside = function.start_byte <= call.start_byte < function.end_byte
            parts.append(edits.add_to(case.path, case.source, arguments, name if inside else f"{lend}{name}"))
    for word in nodes.below(block, "identifier"):
        given = word.next_sibling
        if text(word) == function_name and given is not None and given.type == "token_tree":
            parts.append(edits.add_to(case.path, case.source, given, f"{lend}{name}"))
    yield Answer(f"pass `{name}` as a parameter", tuple(parts), 0.6)


def _outer_generic(case: Case) -> Iterator[Answer]:
    """An inner item uses a generic parameter (or ``Self``) of the item around."""
    name = case.situation.text(case.path, case.place.start, case.place.end)
    item = case.index.at(case.path, case.place.start)
    while item is not None and item.kind in ("module", "use"):
        item = item.parent
    if item is None:
        return
    if name == "Self":
        yield from _self_type(case)
        return
    outer = item.parent
    generic = None
    while outer is not None and generic is None:
        generic = next((g for g in outer.generics if g.name == name), None)
        outer = outer.parent
    if generic is None:
        return
    source = case.source[generic.start : generic.end].decode("utf-8", "replace")
    added = edits.add_generic(item, source)
    if isinstance(item, Struct | Enum | Trait):
        used = re.compile(rf"\b{re.escape(item.name)}\b(?!\s*[<(:{{])")
        parts = [added]
        node = nodes.node_at(case.root, item.parent.start, item.parent.end) if item.parent else case.root
        for use in nodes.below(node, "type_identifier"):
            around = use.parent
            if text(use) != item.name or item.start <= use.start_byte < item.end or around is None:
                continue
            if around.type not in ("generic_type", "struct_expression") and used.match(text(use)):
                parts.append(edits.insert(case.path, use.end_byte, f"<{name}>"))
        yield Answer(f"give `{item.name}` a parameter `{name}`", tuple(parts), 0.75)
    yield Answer(
        f"give `{item.name}` a parameter `{name}`",
        (added,),
        0.8 if item.kind == "function" else 0.5,
    )
    if item.kind == "function" and generic.kind == "type" and generic.bounds is None and item.parent is not None:
        where = item.parent.where
        told = None if where is None else re.search(rf"\b{re.escape(name)}\s*:\s*([^,{{]+)", where.text)
        if told is not None:
            bounded = edits.add_generic(item, f"{name}: {told[1].strip()}")
            yield Answer(f"give `{item.name}` a parameter `{name}`", (bounded,), 0.82)
    if item.kind in ("const", "static"):
        word = nodes.child(
            nodes.enclosing(nodes.node_at(case.root, item.name_start), ("const_item", "static_item")),
            ("const", "static"),
        )
        if word is not None:
            yield Answer("make it a local", (edits.replace_node(case.path, word, "let"),), 0.6)


def _self_type(case: Case) -> Iterator[Answer]:
    """``Self`` where there is none: the type of the impl around, the one the function is about, or the only one."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    impl = nodes.impl_of(node)
    kind = None if impl is None else impl.child_by_field_name("type")
    offers: dict[str, float] = {}
    if kind is not None:
        offers[text(kind)] = 0.85
    function = nodes.function_of(node)
    name = "" if function is None else text(function.child_by_field_name("name"))
    signature = "" if function is None else text(function).partition("{")[0]
    here = [
        item
        for item in case.index.files[case.path]
        if isinstance(item, Struct | Enum) and not isinstance(item, Variant)
    ]
    for item in here:
        spoken = item.name in signature or item.name.lower() in name.replace("_", "")
        body = "" if function is None else text(function.child_by_field_name("body"))
        built = re.search(rf"\b{item.name}\b", body) is not None
        offers.setdefault(item.name, 0.7 if spoken or built else 0.6 if len(here) == 1 else 0.35)
    for new, weight in sorted(offers.items(), key=lambda pair: -pair[1])[:4]:
        scope = function if function is not None else node
        uses = [use for use in nodes.below(scope, ("type_identifier", "identifier")) if text(use) == "Self"]
        every = tuple(edits.replace_node(case.path, use, new) for use in uses)
        yield Answer(f"write `{new}` for `Self`", every, weight)
        one = edits.replace(case.path, case.place.start, case.place.end, new)
        yield Answer(f"write `{new}` for `Self`", (one,), weight - 0.1)


def _self_outside(case: Case) -> Iterator[Answer]:
    """A free function with ``Self`` in its signature: it belongs into the impl above it."""
    if "Self" not in quoted(case.diagnostic.message):
        return
    yield from _self_type(case)
    node = nodes.function_of(nodes.node_at(case.root, case.place.start))
    before = None if node is None else node.prev_named_sibling
    while before is not None and before.type in ("line_comment", "attribute_item"):
        before = before.prev_named_sibling
    if node is not None and before is not None and before.type == "impl_item":
        item: Item | None = case.index.at(case.path, before.start_byte)
        start = nodes.item_start(node)
        written = "\n".join(line for line in case.source[start : node.end_byte].decode("utf-8", "replace").split("\n"))
        put = None if item is None else edits.into_body(case.source, item, written)
        if put is not None:
            gone = edits.delete_lines(case.path, case.source, start, node.end_byte)
            yield Answer("move the function into the impl", (put, gone), 0.45)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0434": (_captured,),
    "E0401": (_outer_generic,),
    "E0411": (_self_outside,),
    "E0433": (_self_outside,),
}
propose = answering(_TABLE)
