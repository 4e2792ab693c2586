"""What type a place asks for, and what later uses tell of a local: for what the compiler cannot infer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.declarations import called, written
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.items import (
    Impl,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_schemas.diagnostic import Diagnostic

_PUSHING = (
    "push",
    "push_back",
    "push_front",
    "insert",
    "push_str",
    "send",
    "set",
    "replace",
    "fill",
    "contains",
    "resize",
)


_FORMULA = ("binary_expression", "parenthesized_expression", "unary_expression")
_COMMON = ("i32", "String", "f64", "u32", "usize", "u8", "&str", "()")


def wanted(here: Spot, diagnostic: Diagnostic) -> Iterator[tuple[str, float]]:
    """Types that may be the missing one, the likeliest first, each once."""
    best: dict[str, float] = {}

    def add(kind: str | None, weight: float) -> None:
        flat = None if kind is None else written(types.strip_references(kind) if weight > 0.85 else kind)
        if flat is not None and flat != "_":
            best[flat] = max(best.get(flat, 0.0), weight)

    value = nodes.enclosing(here.node, ("call_expression", "macro_invocation")) or here.node
    for kind, weight in of_context(here, value):
        add(kind, weight)
    binder = nodes.enclosing(here.node, "let_declaration")
    pattern = None if binder is None else binder.child_by_field_name("pattern")
    name = text(pattern).removeprefix("mut ").strip() if pattern is not None else ""
    if binder is not None and name.isidentifier():
        for kind, weight in of_uses(here, binder, name):
            add(kind, weight)
    summed = re.search(
        r"`_: (?:\w+::)*(?:Sum|Product)<&?(?:'\w+ )?([^`]+)>`",
        " ".join(note.message for note in diagnostic.notes),
    )
    if summed is not None:
        add(summed[1], 0.85)
    if diagnostic.code == "E0283" or diagnostic.code == "E0790":
        told = re.search(r"`(.+?): (?:\w+::)*(\w+)", " ".join(note.message for note in diagnostic.notes))
        trait = told[2] if told else ""
        for impl in here.index.of_kind(Impl):
            if impl.trait is not None and types.head(impl.trait.text) == trait:
                add(impl.self_type.text, 0.4)
    for place, kind in enumerate(_COMMON):
        add(kind, 0.12 / (1 + place))
    yield from sorted(best.items(), key=lambda pair: -pair[1])[:8]


def of_formula(here: Spot, part: Node) -> str | None:
    """What the place of the whole formula asks for that ``part`` is an operand of, however deep; None: nothing known."""
    whole = part
    while whole.parent is not None and whole.parent.type in _FORMULA:
        whole = whole.parent
    return next((kind for kind, _ in of_context(here, whole) if kind), None)


def of_context(here: Spot, value: Node) -> Iterator[tuple[str | None, float]]:
    """What the place of ``value`` asks for."""
    node, parent = value, value.parent
    while parent is not None and parent.type in (
        "parenthesized_expression",
        "try_expression",
        "await_expression",
        "reference_expression",
    ):
        node, parent = parent, parent.parent
    if parent is not None and parent.type == "field_expression":
        call = parent.parent
        method = text(parent.child_by_field_name("field"))
        if call is not None and method in (
            "unwrap",
            "expect",
            "unwrap_or",
            "unwrap_or_default",
            "unwrap_or_else",
            "ok",
            "clone",
        ):
            yield from of_context(here, call)
            return
    if parent is None:
        return
    if parent.type == "binary_expression":
        other = parent.child_by_field_name("right" if parent.child_by_field_name("left") == node else "left")
        yield (here.types.of(other), 0.8)
    elif parent.type == "compound_assignment_expr" or parent.type == "assignment_expression":
        yield (here.types.of(parent.child_by_field_name("left")), 0.8)
    elif parent.type == "let_declaration":
        kind = parent.child_by_field_name("type")
        yield (None if kind is None else text(kind), 0.8)
    elif parent.type in ("return_expression",) or (parent.type == "block" and nodes.tail_of(parent) == node):
        function = nodes.callable_of(node)
        returned = None if function is None else function.child_by_field_name("return_type")
        yield (None if returned is None else text(returned), 0.7)
    elif parent.type == "arguments" and parent.parent is not None:
        call = parent.parent
        function_ = called(here, call)
        at = (
            [p.start_byte for p in parent.named_children].index(node.start_byte)
            if node in parent.named_children
            else -1
        )
        if function_ is not None and 0 <= at < len(function_.parameters):
            yield (function_.parameters[at].type.text, 0.8)
        callee = call.child_by_field_name("function")
        if (
            callee is not None
            and callee.type == "field_expression"
            and text(callee.child_by_field_name("field")) in _PUSHING
        ):
            owner = here.types.of(callee.child_by_field_name("value"))
            yield (None if owner is None else types.element(owner), 0.7)
    elif parent.type == "field_initializer":
        literal = nodes.around(parent, "struct_expression")
        struct = None if literal is None else here.index.struct(text(literal.child_by_field_name("name")))
        field = None if struct is None else struct.field(text(parent.child_by_field_name("field")))
        yield (None if field is None else field.type.text, 0.8)


def of_uses(here: Spot, binder: Node, name: str) -> Iterator[tuple[str | None, float]]:
    """What later uses of a local tell of it, or of what it holds."""
    block = binder.parent
    if block is None:
        return
    for node in nodes.below(block, ("identifier", "self")):
        if node.start_byte <= binder.end_byte or text(node) != name:
            continue
        binding = binding_of(here.root, name, node.start_byte)
        if binding is None or binding.at != binder:
            continue
        parent = node.parent
        if parent is not None and parent.type == "field_expression" and parent.parent is not None:
            method, call = text(parent.child_by_field_name("field")), parent.parent
            listed = call.child_by_field_name("arguments") if call.type == "call_expression" else None
            if listed is not None and method in _PUSHING and listed.named_children:
                kinds = [here.types.of(part) for part in listed.named_children]
                yield (kinds[-1], 0.6)
                if method == "insert" and len(kinds) == 2 and None not in kinds:
                    yield (f"{kinds[0]}, {kinds[1]}", 0.6)
            elif method in (
                "push_str",
                "trim",
                "chars",
                "as_str",
                "to_uppercase",
                "to_lowercase",
                "lines",
            ):
                yield ("String", 0.7)
            elif method in ("sqrt", "floor", "ceil", "powi", "powf", "sin", "cos", "round"):
                yield ("f64", 0.7)
            elif method in ("extend_from_slice", "extend", "append") and listed is not None and listed.named_children:
                yield (types.element(here.types.of(listed.named_children[0]) or ""), 0.6)
        else:
            for kind, weight in of_context(here, node):
                yield (kind, weight)
                inner = None if kind is None else types.element(kind)
                yield (inner, 0.9 * weight if inner else 0.0)


def last(call: Node) -> str:
    callee = call.child_by_field_name("function")
    if callee is None:
        return ""
    return text(callee.child_by_field_name("field") or callee.child_by_field_name("name") or callee)


def element(here: Spot, callee: Node) -> str | None:
    """The elements of the collection that a chain of ``.iter()`` begins with."""
    node: Node | None = callee
    while node is not None and node.type in (
        "field_expression",
        "call_expression",
        "generic_function",
    ):
        node = node.child_by_field_name("value") or node.child_by_field_name("function")
        kind = here.types.of(node)
        element = None if kind is None else types.element(kind)
        if element is not None:
            return written(types.strip_references(element))
    return None
