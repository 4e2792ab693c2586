"""Lifetimes in signatures: which are declared at a place, where they are left out, how to name and bound them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.items import Enum, Impl, Item, ItemIndex, Struct
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Replacement

_CALLABLE_TYPES = ("function_type",)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def declared(index: ItemIndex, path: str, byte: int) -> list[tuple[str, Item]]:
    """The lifetimes in scope at a place with the items that declare them, innermost first."""
    found = []
    item = index.at(path, byte)
    while item is not None:
        found += [(part.name, item) for part in item.generics if part.kind == "lifetime"]
        if item.kind == "function" and not isinstance(item.parent, Impl) and item.owner is None:  # type: ignore[attr-defined]
            break
        item = item.parent
    return found


def fresh(item: Item, source: bytes) -> str:
    """A lifetime name that neither the item nor what is around it uses."""
    used = set(re.findall(r"'([a-z_]\w*)(?!')\b(?!')", source[item.first : item.end].decode("utf-8", "replace")))
    outer = item.parent
    while outer is not None:
        used |= {part.name.lstrip("'") for part in outer.generics}
        outer = outer.parent
    return next((f"'{letter}" for letter in _LETTERS if letter not in used), "'region")


def gaps(index: ItemIndex, node: Node) -> Iterator[tuple[str, Node]]:
    """Where a type leaves a lifetime out: ``("&", reference)``, ``("_", lifetime)``, ``("<", path)``.

    Arguments of ``Fn(…)`` and ``fn(…)`` have lifetimes of their own and are not entered.
    """
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in _CALLABLE_TYPES:
            continue
        if current.type == "reference_type" and nodes.child(current, "lifetime") is None:
            yield "&", current
        elif current.type == "lifetime" and text(current) == "'_":
            yield "_", current
        elif (
            current.type == "self_parameter"
            and text(current).startswith("&")
            and nodes.child(current, "lifetime") is None
        ):
            yield "&", current
        elif current.type in (
            "type_identifier",
            "scoped_type_identifier",
            "generic_type",
        ) and _hides(index, current):
            yield "<", current
        children = current.children
        if current.type in ("scoped_type_identifier",):
            continue
        if current.type == "generic_type":
            children = [part for part in children if part.type == "type_arguments"]
        waiting.extend(reversed(children))


def _hides(index: ItemIndex, node: Node) -> bool:
    """The type has lifetime parameters that are not written."""
    name = node if node.type != "generic_type" else node.child_by_field_name("type")
    item = index.type_named(text(name).rpartition("::")[2])
    if item is None or not any(part.kind == "lifetime" for part in item.generics):
        return False
    listed = nodes.child(node, "type_arguments") if node.type == "generic_type" else None
    return listed is None or nodes.child(listed, "lifetime") is None


def filled(path: str, index: ItemIndex, node: Node, name: str) -> list[Replacement]:
    """Every gap below a type node filled with one lifetime."""
    return [fill(path, index, kind, gap, name) for kind, gap in gaps(index, node)]


def fill(path: str, index: ItemIndex, kind: str, gap: Node, name: str) -> Replacement:
    if kind == "&":
        return edits.insert(path, gap.start_byte + 1, f"{name} ")
    if kind == "_":
        return edits.replace_node(path, gap, name)
    listed = nodes.child(gap, "type_arguments") if gap.type == "generic_type" else None
    owner = gap if gap.type != "generic_type" else gap.child_by_field_name("type")
    item = index.type_named(text(owner).rpartition("::")[2])
    count = 1 if item is None else max(1, sum(part.kind == "lifetime" for part in item.generics))
    names = ", ".join([name] * count)
    if listed is None:
        return edits.insert(path, gap.end_byte, f"<{names}>")
    return edits.insert(path, listed.start_byte + 1, f"{names}, ")


def places(node: Node, name: str) -> list[Node]:
    """The uses of a lifetime at and below a node."""
    return [found for found in nodes.below(node, "lifetime") if text(found) == name]


def renamed(path: str, node: Node, old: str, new: str) -> list[Replacement]:
    return [edits.replace_node(path, found, new) for found in places(node, old)]


def undeclare(item: Item, name: str, which: int = 0) -> Replacement | None:
    """Takes a parameter out of an item's generics, the brackets too when it was alone."""
    numbers = [n for n, part in enumerate(item.generics) if part.name == name]
    if item.generics_span is None or len(numbers) <= which:
        return None
    number = numbers[which]
    if len(item.generics) == 1:
        return edits.delete(item.path, item.generics_span.start, item.generics_span.end)
    part = item.generics[number]
    if number + 1 < len(item.generics):
        return edits.delete(item.path, part.start, item.generics[number + 1].start)
    return edits.delete(item.path, item.generics[number - 1].end, part.end)


def outliving(index: ItemIndex, path: str, byte: int, longer: str, shorter: str) -> Replacement | None:
    """The bound ``longer: shorter`` at the declaration of ``longer``; of a function too when both are the impl's."""
    found = dict(reversed(declared(index, path, byte)))
    item = found.get(longer)
    if item is None or (shorter != "'static" and shorter not in found):
        return None
    return edits.add_bound(item, longer, shorter)


def headers(index: ItemIndex, item: Struct | Enum) -> Iterator[Impl]:
    """The impls whose type is ``item`` written without its lifetimes."""
    for impl in index.impls_of(item.name, "*"):
        if "'" not in impl.self_type.text:
            yield impl


def definition(root: Node, item: Item) -> Node:
    """The node of an item."""
    return nodes.enclosing(nodes.node_at(root, item.name_start, item.name_end), nodes.ITEMS) or root


def signature_parts(function: Node) -> list[Node]:
    """The parameters and the result of a function."""
    found = [function.child_by_field_name(part) for part in ("parameters", "return_type")]
    return [part for part in found if part is not None]
