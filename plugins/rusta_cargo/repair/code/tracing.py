"""Where a local name comes from: the value of its ``let``, the pattern that takes it apart."""

from __future__ import annotations

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.scopes import Binding, binding_of


def origin(here: Spot) -> Spot | None:
    """The value that a plain ``let`` of this name is bound to, alone or as one of a tuple."""
    binding = binding_of(here.root, here.text, here.node.start_byte) if here.kind == "identifier" else None
    if binding is None or binding.kind != "let" or binding.value is None or binding.written is not None:
        return None
    if binding.whole:
        return here.of(binding.value)
    element = _of_tuple(here.root, binding)
    return None if element is None else here.of(element)


def _of_tuple(root: Node, binding: Binding) -> Node | None:
    """The part of ``let (a, b) = (x, y);`` that is for the name."""
    assert binding.value is not None
    name = nodes.node_at(root, binding.start, binding.end)
    pattern, value = name.parent, binding.value
    if pattern is None or pattern.type != "tuple_pattern" or value.type != "tuple_expression":
        return None
    parts, values = pattern.named_children, value.named_children
    if len(parts) != len(values) or pattern != binding.at.child_by_field_name("pattern"):
        return None
    return values[parts.index(name)]


def reference_pattern(here: Spot) -> Node | None:
    binding = binding_of(here.root, here.text, here.node.start_byte) if here.kind == "identifier" else None
    if binding is None:
        return None
    name = nodes.node_at(here.root, binding.start, binding.end)
    return name.parent if name.parent is not None and name.parent.type == "reference_pattern" else None
