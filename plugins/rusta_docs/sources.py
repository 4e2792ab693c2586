"""Cuts Rust source into its items, so that a crate's own declarations can be cited and found like documentation.

Works on text that does not parse: the tree has what could be read. Positions are byte offsets.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tree_sitter_rust
from tree_sitter import Language, Node, Parser

_ITEMS = {
    "function_item": "fn",
    "function_signature_item": "fn",
    "struct_item": "struct",
    "enum_item": "enum",
    "union_item": "union",
    "trait_item": "trait",
    "type_item": "type",
    "associated_type": "type",
    "const_item": "const",
    "static_item": "static",
    "macro_definition": "macro",
    "mod_item": "mod",
    "enum_variant": "variant",
    "field_declaration": "field",
}
_HOLDERS = ("declaration_list", "field_declaration_list", "enum_variant_list")
_LEADING = ("attribute_item", "line_comment", "block_comment")
_HIDDEN = ("target", ".git")
_MOST_LINES = 24


@dataclass(frozen=True)
class Item:
    """A declaration. ``path`` are the names of what it stands in and its own; ``signature_end`` is where its body begins.

    ``start`` takes its comments and attributes in; ``name_start..name_end`` is its name.
    """

    kind: str
    path: tuple[str, ...]
    start: int
    signature_end: int
    end: int
    name_start: int
    name_end: int

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1]

    @property
    def title(self) -> str:
        """Its kind and path: ``fn Cart::total``."""
        return f"{self.kind} {'::'.join(self.path)}"


def items_of(source: bytes) -> list[Item]:
    """All declarations of a file, in the order of the text."""
    return list(_items(Parser(_language()).parse(source).root_node, ()))


@cache
def _language() -> Language:
    return Language(tree_sitter_rust.language())


def _items(holder: Node, above: tuple[str, ...]) -> Iterator[Item]:
    for node in holder.named_children:
        if node.type == "impl_item":
            owner = _last_name(node.child_by_field_name("type"))
            yield from _inside(node, (*above, owner) if owner else above)
            continue
        kind, name = _ITEMS.get(node.type), node.child_by_field_name("name")
        if kind is None or name is None:
            continue
        path = (*above, _text(name))
        body = node.child_by_field_name("body")
        whole = body is None or kind in ("struct", "enum", "union", "variant", "field")
        end = node.end_byte
        signature = end if whole or body is None else body.start_byte
        yield Item(kind, path, _beginning(node), signature, end, name.start_byte, name.end_byte)
        yield from _inside(node, path)


def _inside(node: Node, path: tuple[str, ...]) -> Iterator[Item]:
    for child in node.named_children:
        if child.type in _HOLDERS:
            yield from _items(child, path)


def _beginning(node: Node) -> int:
    """Where the comments and attributes begin that stand right above a declaration."""
    first = node
    above = node.prev_named_sibling
    while above is not None and above.type in _LEADING and above.end_point[0] + 1 >= first.start_point[0]:
        if above.type != "attribute_item" and not _text(above).startswith(("///", "/**")):
            break
        first, above = above, above.prev_named_sibling
    return first.start_byte


def _last_name(node: Node | None) -> str:
    if node is None:
        return ""
    inner = node.child_by_field_name("type") or node.child_by_field_name("name")
    return _last_name(inner) if inner is not None and inner.id != node.id else _text(node).rpartition("::")[2]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def cited_end(item: Item, source: bytes) -> int:
    """Where a citation of a declaration ends: before its body, and after its name when that would be long."""
    end = item.start + len(source[item.start : item.signature_end].rstrip())
    return item.name_end if source.count(b"\n", item.start, end) > _MOST_LINES else end


def package_name(root: Path) -> str:
    """What citations call the crate or workspace in a folder: its package's name, else the folder's."""
    try:
        manifest = tomllib.loads((root / "Cargo.toml").read_text("utf-8"))
        name = manifest.get("package", {}).get("name")
    except (OSError, ValueError, AttributeError):
        name = None
    return name if isinstance(name, str) and name else root.name or "crate"


def source_files(root: Path) -> list[str]:
    """The Rust files below a folder, relative to it, without what builds put there."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _HIDDEN and not name.startswith("."))
        base = Path(folder).relative_to(root)
        found += [(base / name).as_posix() for name in sorted(names) if name.endswith(".rs")]
    return found
