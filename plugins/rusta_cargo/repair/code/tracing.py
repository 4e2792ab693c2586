"""Where a local name comes from: the value of its ``let``, the pattern that takes it apart."""

from __future__ import annotations

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.scopes import binding_of


def origin(here: Spot) -> Spot | None:
    """The value that a plain ``let`` of this name is bound to."""
    binding = binding_of(here.root, here.text, here.node.start_byte) if here.kind == "identifier" else None
    if (
        binding is None
        or binding.kind != "let"
        or not binding.whole
        or binding.value is None
        or binding.written is not None
    ):
        return None
    return here.of(binding.value)


def reference_pattern(here: Spot) -> Node | None:
    binding = binding_of(here.root, here.text, here.node.start_byte) if here.kind == "identifier" else None
    if binding is None:
        return None
    name = nodes.node_at(here.root, binding.start, binding.end)
    return name.parent if name.parent is not None and name.parent.type == "reference_pattern" else None
