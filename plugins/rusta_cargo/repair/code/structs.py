"""Struct expressions and patterns, in plain code and inside the tokens of a macro: their names, braces and fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.edits import elements_of
from rusta_cargo.repair.code.items import ItemIndex, Struct, Variant
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.types import split_generic
from rusta_cargo.repair.proposer import Situation

_OPENING = {b"(": ")", b"[": "]", b"{": "}"}
_FREE_PATTERNS = ("struct_pattern", "tuple_struct_pattern")


@dataclass(frozen=True)
class Part:
    """One element of the braces: ``name: value``, ``name`` alone (shorthand), or ``..base`` (name is ``..``)."""

    name: str
    value: str
    start: int
    end: int
    name_end: int
    value_start: int


@dataclass(frozen=True)
class Literal:
    """``Name { … }`` with the braces' node (a field list or a token tree)."""

    name: str
    braces: Node
    parts: tuple[Part, ...]

    @property
    def fields(self) -> list[Part]:
        return [part for part in self.parts if part.name != ".."]

    @property
    def has_rest(self) -> bool:
        return any(part.name == ".." for part in self.parts)


def brackets_after(root: Node, source: bytes, byte: int) -> Node | None:
    """The bracketed node (arguments, field list, token tree, struct pattern's braces…) that begins after ``byte``."""
    while byte < len(source) and source[byte : byte + 1].isspace():
        byte += 1
    if source[byte : byte + 3] == b"::<":
        inner = root.descendant_for_byte_range(byte + 2, byte + 3)
        listed = nodes.enclosing(inner, "type_arguments")
        return None if listed is None else brackets_after(root, source, listed.end_byte)
    if source[byte : byte + 1] not in _OPENING:
        return None
    token = root.descendant_for_byte_range(byte, byte + 1)
    return None if token is None else token.parent


def literal_after(root: Node, source: bytes, start: int, end: int) -> Literal | None:
    """The struct expression or pattern whose name is ``start..end``."""
    braces = brackets_after(root, source, end)
    if braces is None:
        return None
    if not source[braces.start_byte : braces.end_byte].endswith(b"}"):
        return None
    name = source[start:end].decode("utf-8", "replace")
    return Literal(name, braces, tuple(parts_of(braces, source)))


def bracket_elements(braces: Node) -> list[tuple[int, int]]:
    """The spans between the commas of a bracketed node; of a struct or tuple struct pattern those in its brackets."""
    if braces.type not in _FREE_PATTERNS:
        return elements_of(braces)
    kind = braces.child_by_field_name("type")
    after = braces.start_byte if kind is None else kind.end_byte
    spans: list[tuple[int, int]] = []
    fresh = True
    for part in braces.children:
        if (
            part.start_byte < after
            or text(part) in ("{", "}", "(", ")")
            or part.type in ("line_comment", "block_comment")
        ):
            continue
        if part.type == ",":
            fresh = True
        elif fresh:
            spans.append((part.start_byte, part.end_byte))
            fresh = False
        else:
            spans[-1] = (spans[-1][0], part.end_byte)
    return spans


def inside(braces: Node, source: bytes) -> tuple[int, int]:
    """The bytes between the brackets of :func:`brackets_after`."""
    kind = braces.child_by_field_name("type") if braces.type in _FREE_PATTERNS else None
    start = braces.start_byte if kind is None else kind.end_byte
    while source[start : start + 1] not in _OPENING and start < braces.end_byte:
        start += 1
    return start + 1, braces.end_byte - 1


def parts_of(braces: Node, source: bytes) -> Iterator[Part]:
    for start, end in bracket_elements(braces):
        whole = source[start:end].decode("utf-8", "replace")
        if whole.startswith(".."):
            yield Part("..", whole[2:].strip(), start, end, start + 2, start + 2)
            continue
        if whole.startswith("#"):
            continue
        head, colon, value = whole.partition(":")
        if colon and not value.startswith(":"):
            name_end = start + len(head.rstrip().encode())
            value_start = end - len(value.lstrip().encode())
            yield Part(head.strip(), value.strip(), start, end, name_end, value_start)
        else:
            name = whole.removeprefix("ref ").removeprefix("mut ").strip()
            yield Part(name, whole, start, end, end, start)


def declaration(index: ItemIndex, path: str, file: str, byte: int) -> Struct | None:
    """The struct or variant that a path in an expression or pattern means, ``Self`` included."""
    plain = split_generic(path.replace("::<", "<"))[0] if "<" in path else path
    plain = "".join(plain.split())
    if plain == "Self" or plain.startswith("Self::"):
        item = index.at(file, byte)
        while item is not None and item.kind != "impl":
            item = item.parent
        if item is None:
            return None
        plain = plain.replace("Self", item.name, 1)
    owner, _, last = plain.rpartition("::")
    near = index.at(file, byte)
    for variant in index.by_path(last, Variant, near):
        if owner and variant.parent is not None and variant.parent.name == owner.rpartition("::")[2]:
            return variant
    found = [item for item in index.by_path(plain, Struct, near) if not isinstance(item, Variant)]
    if found:
        return found[0]
    alias = index.struct(plain)
    return alias or next(iter(index.named(last, Variant)), None)


def literals_of(situation: Situation, index: ItemIndex, wanted: Struct) -> Iterator[Literal]:
    """The struct expressions for ``wanted`` in the tree, in the order of its files."""
    for path in index.files:
        source = situation.source(path)
        if wanted.name.encode() not in source:
            continue
        for node in nodes.every(situation.syntax(path).root_node, "struct_expression"):
            name, braces = node.child_by_field_name("name"), node.child_by_field_name("body")
            if name is None or braces is None or declaration(index, text(name), path, node.start_byte) is not wanted:
                continue
            yield Literal(text(name), braces, tuple(parts_of(braces, source)))
