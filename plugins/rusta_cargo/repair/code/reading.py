"""Reads the items of one file from its syntax tree, broken or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import tree_sitter_rust
from tree_sitter import Language, Node, Query, QueryCursor

from rusta_cargo.repair.code import model
from rusta_cargo.repair.code.model import Attribute, Generic, Item, Leaf, Parameter, Piece
from rusta_cargo.repair.code.nodes import child, text
from rusta_cargo.repair.syntax import COMMENTS, parse

_KINDS = {
    "function_item": "function", "function_signature_item": "function", "struct_item": "struct", "union_item": "union",
    "enum_item": "enum", "trait_item": "trait", "impl_item": "impl", "const_item": "const", "static_item": "static",
    "type_item": "type", "associated_type": "type", "macro_definition": "macro", "use_declaration": "use",
    "mod_item": "module", "extern_crate_declaration": "extern",
}  # fmt: skip
_FIELD_LISTS = ("field_declaration_list", "ordered_field_declaration_list")
_BINDERS = ("identifier", "self")


@lru_cache(maxsize=1)
def _query() -> Query:
    language = Language(tree_sitter_rust.language())
    return Query(language, "[" + " ".join(f"({kind})" for kind in _KINDS) + "] @item")


@lru_cache(maxsize=256)
def read_items(path: str, source: bytes) -> tuple[Item, ...]:
    """Every item of a file in the order of the text, nested ones after what they stand in.

    Items inside functions are among them; ``module`` is relative to the file. Do not change what is returned.
    """
    nodes = QueryCursor(_query()).captures(parse(source).root_node).get("item", [])
    nodes.sort(key=lambda node: (node.start_byte, -node.end_byte))
    found: list[Item] = []
    around: list[Item] = []
    members: dict[int, list[Item]] = {}
    for node in nodes:
        item = _item(path, node)
        while around and around[-1].end <= item.start:
            around.pop()
        if around:
            item.parent = around[-1]
            item.module = around[-1].module
            if around[-1].kind == "module":
                item.module = (*item.module, around[-1].name)
            members.setdefault(id(around[-1]), []).append(item)
        around.append(item)
        found.append(item)
    for item in found:
        if item.kind != "function":
            item.items = tuple(members.get(id(item), ()))
    return tuple(found)


def piece(node: Node | None) -> Piece | None:
    return None if node is None else Piece(text(node), node.start_byte, node.end_byte)


def _item(path: str, node: Node) -> Item:
    kind = _KINDS[node.type]
    name = node.child_by_field_name("name") or child(node, "identifier")
    if kind == "impl":
        name = node.child_by_field_name("type")
    generics = child(node, "type_parameters")
    start, end = (node.start_byte, node.start_byte) if name is None else (name.start_byte, name.end_byte)
    common: dict[str, Any] = {
        "kind": kind,
        "name": text(name),
        "path": path,
        "start": node.start_byte,
        "end": node.end_byte,
        "name_start": start,
        "name_end": end,
        "visibility": piece(child(node, "visibility_modifier")),
        "attributes": attributes_before(node),
        "generics": () if generics is None else tuple(_generics(generics)),
        "generics_span": piece(generics),
        "where": piece(child(node, "where_clause")),
        "body": piece(node.child_by_field_name("body")),
    }
    return _BUILDERS.get(kind, _plain)(node, common)


def _plain(_node: Node, common: dict[str, Any]) -> Item:
    return Item(**common)


def _function(node: Node, common: dict[str, Any]) -> Item:
    parameters = node.child_by_field_name("parameters")
    receiver: Piece | None = None
    found: list[Parameter] = []
    for inner in () if parameters is None else parameters.named_children:
        if inner.type == "self_parameter":
            receiver = piece(inner)
        elif inner.type == "parameter":
            pattern, kind = inner.child_by_field_name("pattern"), inner.child_by_field_name("type")
            if pattern is not None and pattern.type == "self":
                receiver = piece(inner)
            elif kind is not None:
                found.append(_parameter(inner, pattern, kind))
    span = piece(parameters) or Piece("", common["name_end"], common["name_end"])
    return model.Function(
        **common,
        receiver=receiver,
        parameters=tuple(found),
        parameters_span=span,
        returns=piece(node.child_by_field_name("return_type")),
        modifiers=text(child(node, "function_modifiers")),
        variadic=child(parameters, "variadic_parameter") is not None,
    )


def _parameter(node: Node, pattern: Node | None, kind: Node) -> Parameter:
    shown = pattern
    name = "" if pattern is None or pattern.type not in _BINDERS else text(pattern)
    if pattern is not None and pattern.type == "mut_pattern" and len(pattern.named_children) == 2:
        name = text(pattern.named_children[-1])
    where = Piece("_", node.start_byte, kind.start_byte) if shown is None else piece(shown)
    assert where is not None
    return Parameter(
        name,
        where,
        Piece(text(kind), kind.start_byte, kind.end_byte),
        node.start_byte,
        node.end_byte,
    )


def _generics(node: Node) -> Iterator[Generic]:
    for inner in node.named_children:
        kind = {
            "lifetime_parameter": "lifetime",
            "type_parameter": "type",
            "const_parameter": "const",
        }.get(inner.type)
        if kind is None:
            continue
        bounds = inner.child_by_field_name("type" if kind == "const" else "bounds")
        default = inner.child_by_field_name("value" if kind == "const" else "default_type")
        name = text(inner.child_by_field_name("name"))
        yield Generic(kind, name, inner.start_byte, inner.end_byte, piece(bounds), piece(default))


def _shape(body: Node | None) -> tuple[str, tuple[model.Field, ...]]:
    if body is None or body.type not in _FIELD_LISTS:
        return "unit", ()
    shape = "named" if body.type == "field_declaration_list" else "tuple"
    return shape, tuple(_named(body) if shape == "named" else _numbered(body))


def _named(body: Node) -> Iterator[model.Field]:
    for node in body.named_children:
        name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
        if node.type == "field_declaration" and name is not None and kind is not None:
            seen = piece(child(node, "visibility_modifier"))
            shown = Piece(text(kind), kind.start_byte, kind.end_byte)
            places = (node.start_byte, node.end_byte, name.start_byte, name.end_byte)
            yield model.Field(text(name), shown, seen, *places, attributes_before(node))


def _numbered(body: Node) -> Iterator[model.Field]:
    seen: Piece | None = None
    attributes: list[Attribute] = []
    number = 0
    for index, node in enumerate(body.children):
        if node.type == "visibility_modifier":
            seen = piece(node)
        elif node.type == "attribute_item":
            attributes.append(_attribute(node))
        elif body.field_name_for_child(index) == "type":
            shown = Piece(text(node), node.start_byte, node.end_byte)
            start = node.start_byte if seen is None else seen.start
            places = (start, node.end_byte, node.start_byte, node.start_byte)
            yield model.Field(str(number), shown, seen, *places, tuple(attributes))
            seen, attributes, number = None, [], number + 1


def _struct(node: Node, common: dict[str, Any]) -> Item:
    shape, fields = _shape(node.child_by_field_name("body"))
    return model.Struct(**common, shape=shape, fields=fields)


def _enum(node: Node, common: dict[str, Any]) -> Item:
    made = model.Enum(**common)
    body = node.child_by_field_name("body")
    variants = []
    for inner in () if body is None else body.named_children:
        name = inner.child_by_field_name("name")
        if inner.type != "enum_variant" or name is None:
            continue
        shape, fields = _shape(inner.child_by_field_name("body"))
        variants.append(
            model.Variant(
                kind="variant", name=text(name), path=made.path, start=inner.start_byte, end=inner.end_byte,
                name_start=name.start_byte, name_end=name.end_byte, attributes=attributes_before(inner),
                body=piece(inner.child_by_field_name("body")), parent=made, shape=shape, fields=fields,
                value=piece(inner.child_by_field_name("value")),
            )
        )  # fmt: skip
    made.variants = tuple(variants)
    return made


def _trait(node: Node, common: dict[str, Any]) -> Item:
    return model.Trait(**common, supers=piece(node.child_by_field_name("bounds")))


def _impl(node: Node, common: dict[str, Any]) -> Item:
    kind = node.child_by_field_name("type")
    shown = piece(kind) or Piece("", node.start_byte, node.start_byte)
    inner = kind
    while inner is not None and inner.type in (
        "reference_type",
        "generic_type",
        "scoped_type_identifier",
    ):
        field = "name" if inner.type == "scoped_type_identifier" else "type"
        inner = inner.child_by_field_name(field)
    common["name"] = text(inner)
    trait = piece(node.child_by_field_name("trait"))
    negative = any(inner.type == "!" for inner in node.children)
    return model.Impl(**common, self_type=shown, trait=trait, negative=negative)


def _value(node: Node, common: dict[str, Any]) -> Item:
    kind, value = node.child_by_field_name("type"), node.child_by_field_name("value")
    return model.Value(**common, type=piece(kind), value=piece(value))


def _alias(node: Node, common: dict[str, Any]) -> Item:
    bounds = piece(node.child_by_field_name("bounds"))
    return model.Alias(**common, type=piece(node.child_by_field_name("type")), bounds=bounds)


def _use(node: Node, common: dict[str, Any]) -> Item:
    argument = node.child_by_field_name("argument")
    leaves = () if argument is None else tuple(_leaves(argument, ()))
    return model.Use(**common, leaves=leaves)


def _leaves(node: Node, before: tuple[str, ...]) -> Iterator[Leaf]:
    place = (node.start_byte, node.end_byte)
    if node.type in ("use_list", "scoped_use_list"):
        path = node.child_by_field_name("path")
        inner = node if node.type == "use_list" else node.child_by_field_name("list")
        prefix = (*before, *_segments(path)) if node.type == "scoped_use_list" else before
        for part in () if inner is None else inner.named_children:
            yield from _leaves(part, prefix)
    elif node.type == "use_wildcard":
        path = node.named_children[0] if node.named_children else None
        yield Leaf((*before, *_segments(path)), "*", *place)
    elif node.type == "use_as_clause":
        renamed = (*before, *_segments(node.child_by_field_name("path")))
        yield Leaf(_no_self(renamed), text(node.child_by_field_name("alias")), *place)
    elif node.type not in COMMENTS:
        whole = _no_self((*before, *_segments(node)))
        yield Leaf(whole, whole[-1] if whole else "", *place)


def _no_self(path: tuple[str, ...]) -> tuple[str, ...]:
    return path[:-1] if len(path) > 1 and path[-1] == "self" else path


def _segments(node: Node | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text(node).split("::") if part.strip())


def attributes_before(node: Node) -> tuple[Attribute, ...]:
    """The outer attributes of an item, field, variant or statement, in order."""
    found: list[Attribute] = []
    previous = node.prev_named_sibling
    while previous is not None and previous.type in ("attribute_item", *COMMENTS):
        if previous.type == "attribute_item":
            found.append(_attribute(previous))
        previous = previous.prev_named_sibling
    return tuple(reversed(found))


def _attribute(node: Node) -> Attribute:
    inner = child(node, "attribute")
    path = None if inner is None or not inner.named_children else inner.named_children[0]
    tokens = None if inner is None else inner.child_by_field_name("arguments")
    groups: list[list[Node]] = [[]]
    for part in () if tokens is None else tokens.children[1:-1]:
        if part.type == ",":
            groups.append([])
        elif part.type not in COMMENTS:
            groups[-1].append(part)
    arguments = tuple(
        Piece(
            _between(tokens, group[0].start_byte, group[-1].end_byte),
            group[0].start_byte,
            group[-1].end_byte,
        )
        for group in groups
        if group and tokens is not None
    )
    return Attribute(text(path), node.start_byte, node.end_byte, arguments)


def _between(node: Node, start: int, end: int) -> str:
    whole = node.text or b""
    return whole[start - node.start_byte : end - node.start_byte].decode("utf-8", "replace")


_BUILDERS: dict[str, Callable[[Node, dict[str, Any]], Item]] = {
    "function": _function,
    "struct": _struct,
    "union": _struct,
    "enum": _enum,
    "trait": _trait,
    "impl": _impl,
    "const": _value,
    "static": _value,
    "type": _alias,
    "use": _use,
}
