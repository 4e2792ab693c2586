"""What is bound at a place: parameters, ``let``, ``for``, ``match`` and ``if let`` patterns, closures, ``self``.

The type of a binding is the text written for it, or what can be read off the expression it was made from (see
:mod:`inference`); None when neither tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.nodes import FUNCTIONS, child, text

_IDENTIFIERS = ("identifier", "shorthand_field_identifier")
_PATHS = (
    "scoped_identifier", "scoped_type_identifier", "generic_pattern", "macro_invocation", "range_pattern",
)  # fmt: skip


@dataclass(frozen=True)
class Binding:
    """A name in scope. ``start..end`` is the identifier where it is bound, ``at`` the node that binds it.

    ``kind``: self parameter closure let for pattern. ``value`` is the expression it takes its value from; ``whole``
    says that the pattern is the name alone, so that the value's type is the binding's. ``written`` is the type declared
    for the whole pattern.
    """

    name: str
    kind: str
    start: int
    end: int
    mutable: bool
    at: Node
    written: str | None = None
    value: Node | None = None
    whole: bool = False
    by_reference: bool = False


def bindings_at(root: Node, byte: int) -> list[Binding]:
    """The local names visible at ``byte``, nearest first; a shadowed one is left out."""
    seen: set[str] = set()
    found: list[Binding] = []
    for binding in _outwards(nodes.node_at(root, byte), byte):
        if binding.name not in seen:
            seen.add(binding.name)
            found.append(binding)
    return found


def binding_of(root: Node, name: str, byte: int) -> Binding | None:
    """The binding that ``name`` means at ``byte``."""
    return next((item for item in bindings_at(root, byte) if item.name == name), None)


def bound_in(pattern: Node | None) -> Iterator[Node]:
    """The identifiers that a pattern binds, in order; constants and unit variants (upper case) are not bindings."""
    if pattern is None:
        return
    for node in nodes.below(pattern, _IDENTIFIERS):
        if not _is_path(node, pattern) and not text(node)[:1].isupper():
            yield node


def _is_path(node: Node, pattern: Node) -> bool:
    """The identifier names a type, a field or a constant in the pattern, and binds nothing."""
    parent = node.parent
    if parent is None or node == pattern:
        return False
    if parent.type in _PATHS:
        return True
    if parent.type == "tuple_struct_pattern":
        kind = parent.child_by_field_name("type")
        return kind is not None and kind == node
    return any(inner.type in ("token_tree", "match_arm") for inner in nodes.ancestors(node) if _inside(inner, pattern))


def _inside(node: Node, pattern: Node) -> bool:
    return pattern.start_byte <= node.start_byte and node.end_byte <= pattern.end_byte and node != pattern


def _outwards(node: Node, byte: int) -> Iterator[Binding]:
    current: Node | None = node
    inner: Node | None = None
    while current is not None:
        yield from _bound_by(current, inner, byte)
        if current.type in FUNCTIONS:
            return
        inner, current = current, current.parent


def _bound_by(node: Node, inner: Node | None, byte: int) -> Iterator[Binding]:
    """What ``node`` binds for its child ``inner``, in which the place lies; nearest first."""
    match node.type:
        case "block":
            for statement in reversed(node.named_children):
                if statement.type == "let_declaration" and statement.end_byte <= byte:
                    yield from _let(statement)
        case "for_expression" if _is(inner, node, "body"):
            items = node.child_by_field_name("value")
            yield from _pattern(node.child_by_field_name("pattern"), "for", node, None, items)
        case "if_expression" if _is(inner, node, "consequence"):
            yield from _conditions(node.child_by_field_name("condition"))
        case "while_expression" if _is(inner, node, "body"):
            yield from _conditions(node.child_by_field_name("condition"))
        case "let_chain":
            for part in reversed(node.named_children):
                if part.type == "let_condition" and part.end_byte <= byte:
                    yield from _conditions(part)
        case "match_arm" if inner is not None and inner.type != "match_pattern":
            outer = nodes.around(node, "match_expression")
            value = None if outer is None else outer.child_by_field_name("value")
            pattern = node.child_by_field_name("pattern")
            yield from _pattern(
                None if pattern is None else next(iter(pattern.named_children), None),
                "pattern",
                node,
                None,
                value,
            )
        case "closure_expression" if _is(inner, node, "body"):
            for part in reversed(_parts(node.child_by_field_name("parameters"))):
                if part.type == "parameter":
                    kind = part.child_by_field_name("type")
                    yield from _pattern(part.child_by_field_name("pattern"), "closure", node, kind, None)
                else:
                    yield from _pattern(part, "closure", node, None, None)
        case "function_item" if _is(inner, node, "body"):
            yield from _parameters(node)


def _is(inner: Node | None, node: Node, field: str) -> bool:
    return inner is not None and node.child_by_field_name(field) == inner


def _parts(node: Node | None) -> list[Node]:
    return [] if node is None else list(node.named_children)


def _let(node: Node) -> Iterator[Binding]:
    kind, value = node.child_by_field_name("type"), node.child_by_field_name("value")
    mutable = child(node, "mutable_specifier") is not None
    yield from _pattern(node.child_by_field_name("pattern"), "let", node, kind, value, mutable)


def _conditions(node: Node | None) -> Iterator[Binding]:
    for part in [] if node is None else reversed(list(nodes.below(node, "let_condition", into=("block",)))):
        yield from _pattern(
            part.child_by_field_name("pattern"),
            "pattern",
            part,
            None,
            part.child_by_field_name("value"),
        )


def _parameters(node: Node) -> Iterator[Binding]:
    for part in reversed(_parts(node.child_by_field_name("parameters"))):
        if part.type == "self_parameter":
            word = child(part, "self") or part
            mutable = child(part, "mutable_specifier") is not None and not text(part).startswith("&")
            span, written = (word.start_byte, word.end_byte), _self_type(text(part))
            yield Binding("self", "self", *span, mutable, part, written, None, True)
        elif part.type == "parameter":
            mutable = child(part, "mutable_specifier") is not None
            pattern, kind = part.child_by_field_name("pattern"), part.child_by_field_name("type")
            if pattern is not None and pattern.type == "self":
                span = (pattern.start_byte, pattern.end_byte)
                yield Binding("self", "self", *span, mutable, part, text(kind), None, True)
            else:
                yield from _pattern(pattern, "parameter", part, kind, None, mutable)


def _self_type(written: str) -> str:
    head = written.removesuffix("self").strip()
    return f"{head} Self" if head.startswith("&") and head != "&" else "&Self" if head == "&" else "Self"


def _pattern(
    pattern: Node | None,
    kind: str,
    at: Node,
    type_node: Node | None,
    value: Node | None,
    mutable: bool = False,
) -> Iterator[Binding]:
    if pattern is None:
        return
    alone = pattern
    if pattern.type == "mut_pattern" and len(pattern.named_children) == 2:
        alone, mutable = pattern.named_children[1], True
    by_reference = pattern.type == "ref_pattern"
    if by_reference and pattern.named_children:
        alone = pattern.named_children[-1]
    written = None if type_node is None else text(type_node)
    if alone.type == "identifier":
        place = (alone.start_byte, alone.end_byte)
        yield Binding(text(alone), kind, *place, mutable, at, written, value, True, by_reference)
        return
    for node in reversed(list(bound_in(pattern))):
        around = node.parent
        inner_mutable = around is not None and child(around, "mutable_specifier") is not None
        place = (node.start_byte, node.end_byte)
        yield Binding(text(node), kind, *place, inner_mutable, at, written, value, False)
