"""Replacements that keep the text tidy: insertions with their line and indentation, lists with their commas.

All of them speak of the current text of one file. A function that would change nothing, or finds no place, gives
None or an empty tuple.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.model import Item, Struct
from rusta_cargo.repair.code.nodes import (
    after_line,
    indent_at,
    indent_unit,
    line_start,
    starts_line,
)
from rusta_schemas.diagnostic import Replacement


def replace(path: str, start: int, end: int, text: str) -> Replacement:
    return Replacement(path=path, start=start, end=end, text=text)


def insert(path: str, byte: int, text: str) -> Replacement:
    return replace(path, byte, byte, text)


def delete(path: str, start: int, end: int) -> Replacement:
    return replace(path, start, end, "")


def replace_node(path: str, node: Node, text: str) -> Replacement:
    return replace(path, node.start_byte, node.end_byte, text)


def wrap(path: str, start: int, end: int, before: str, after: str) -> tuple[Replacement, ...]:
    """Puts text on both sides of a span."""
    return tuple(insert(path, byte, text) for byte, text in ((start, before), (end, after)) if text)


def reindent(text: str, indent: str) -> str:
    """``text`` with ``indent`` before every line that is not blank but the first."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(indent + line if line.strip() else line for line in rest)])


def line_before(path: str, source: bytes, byte: int, text: str) -> Replacement:
    """``text`` on a line of its own before the one of ``byte``, indented like it; in front of ``byte`` when that line
    begins with other code."""
    indent = indent_at(source, byte)
    if starts_line(source, byte):
        return insert(path, line_start(source, byte), f"{indent}{reindent(text, indent)}\n")
    return insert(path, byte, f"{text} ")


def line_after(path: str, source: bytes, node_start: int, node_end: int, text: str) -> Replacement:
    """``text`` on a line of its own after the item or statement ``node_start..node_end``, indented like its first line.

    A comment behind it on its last line stays with it.
    """
    indent = indent_at(source, node_start)
    rest = source[node_end : nodes.line_end(source, node_end)].strip()
    if rest and not rest.startswith(b"//"):
        return insert(path, node_end, f" {text}")
    place = after_line(source, node_end)
    if source[place - 1 : place] != b"\n":
        return insert(path, place, f"\n{indent}{reindent(text, indent)}")
    return insert(path, place, f"{indent}{reindent(text, indent)}\n")


def delete_lines(path: str, source: bytes, start: int, end: int) -> Replacement:
    """Takes away a statement or item with its line when nothing else stands there; else it alone."""
    stop = nodes.line_end(source, end)
    if starts_line(source, start) and not source[end:stop].strip():
        return delete(path, line_start(source, start), after_line(source, end))
    while end < stop and source[end] in b" \t":
        end += 1
    return delete(path, start, end)


def delete_element(path: str, source: bytes, elements: Sequence[tuple[int, int]], which: int) -> Replacement:
    """Takes one element out of a comma list with the comma (and the line) that belongs to it."""
    start, end = elements[which]
    comma = _skip(source, end)
    if source[comma : comma + 1] == b",":
        if starts_line(source, start) and not source[comma + 1 : nodes.line_end(source, comma)].strip():
            return delete(path, line_start(source, start), after_line(source, comma))
        stop = comma + 1
        if which + 1 < len(elements):
            return delete(path, start, elements[which + 1][0])
        if which > 0:
            return delete(path, elements[which - 1][1], comma)
        return delete(path, start, stop)
    return delete(path, elements[which - 1][1] if which > 0 else start, end)


def add_element(
    path: str,
    source: bytes,
    opening: int,
    closing: int,
    elements: Sequence[tuple[int, int]],
    text: str,
    at: int | None = None,
) -> Replacement:
    """Puts ``text`` into a comma list.

    Args:
        opening: the byte after the opening bracket. closing: the byte of the closing one.
        elements: spans of what is in the list. at: before which of them; at the end when None.
    """
    place = len(elements) if at is None else at
    spread = elements and b"\n" in source[opening : elements[0][0]]
    if not elements:
        padded = f" {text} " if source[opening - 1 : opening] == b"{" and not source[opening:closing].strip() else text
        blank = source[opening:closing].isspace()
        return replace(path, opening, closing if blank else opening, padded)
    if place < len(elements):
        start = elements[place][0]
        if spread and starts_line(source, start):
            return insert(path, start, f"{text},\n{indent_at(source, start)}")
        return insert(path, start, f"{text}, ")
    end = elements[-1][1]
    comma = _skip(source, end)
    trailing = source[comma : comma + 1] == b","
    after = comma + 1 if trailing else end
    if spread:
        indent = indent_at(source, elements[-1][0])
        return insert(path, after, f"{'' if trailing else ','}\n{indent}{text},")
    return insert(path, after, f" {text}" if trailing else f", {text}")


def _skip(source: bytes, byte: int) -> int:
    while byte < len(source) and source[byte : byte + 1].isspace():
        byte += 1
    return byte


def elements_of(node: Node) -> list[tuple[int, int]]:
    """The spans of what stands between the commas of a bracketed node (arguments, parameters, fields, patterns…)."""
    spans: list[tuple[int, int]] = []
    fresh = True
    for part in node.children:
        if part.type in ("(", ")", "{", "}", "[", "]", "<", ">", "|") or part.type in (
            "line_comment",
            "block_comment",
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


def add_to(path: str, source: bytes, node: Node, text: str, at: int | None = None) -> Replacement:
    """:func:`add_element` for a node that begins and ends with its brackets."""
    return add_element(path, source, node.start_byte + 1, node.end_byte - 1, elements_of(node), text, at)


def remove_from(path: str, source: bytes, node: Node, which: int) -> Replacement:
    """:func:`delete_element` for a node that begins and ends with its brackets."""
    return delete_element(path, source, elements_of(node), which)


def add_derive(source: bytes, item: Item, names: Sequence[str]) -> Replacement | None:
    """Adds derives to a type: to its ``#[derive]``, else as a new attribute line. None when it has them all."""
    new = [name for name in names if name not in item.derives]
    if not new:
        return None
    listed = next((a for a in item.attributes if a.name == "derive"), None)
    if listed is not None and listed.arguments:
        return insert(item.path, listed.arguments[-1].end, "".join(f", {name}" for name in new))
    return line_before(item.path, source, item.start, f"#[derive({', '.join(new)})]")


def add_visibility(item_path: str, item: Item, text: str = "pub") -> Replacement | None:
    """Makes an item visible; None when it is written so already."""
    if item.visibility is not None:
        seen = item.visibility
        return None if seen.text == text else replace(item_path, seen.start, seen.end, text)
    return insert(item_path, item.start, f"{text} ")


def add_generic(item: Item, text: str, first: bool = False) -> Replacement:
    """Adds a generic parameter; lifetimes go in front of the others."""
    if item.generics_span is None:
        return insert(item.path, item.name_end, f"<{text}>")
    if not item.generics:
        return replace(item.path, item.generics_span.start, item.generics_span.end, f"<{text}>")
    if first or text.startswith("'"):
        return insert(item.path, item.generics_span.start + 1, f"{text}, ")
    return insert(item.path, item.generics[-1].end, f", {text}")


def add_bound(item: Item, name: str, bound: str) -> Replacement | None:
    """Adds ``bound`` to the generic parameter ``name`` of an item; None when it has no such parameter or the bound."""
    for generic in item.generics:
        if generic.name == name and generic.kind != "const":
            if generic.bounds is None:
                place = generic.start + len(name.encode())
                return insert(item.path, place, f": {bound}")
            if bound in [part.strip() for part in generic.bounds.text.lstrip(":").split("+")]:
                return None
            joined = f" + {bound}" if generic.bounds.text.strip(": ") else f" {bound}"
            return insert(item.path, generic.bounds.end, joined)
    return None


def add_where(item: Item, predicate: str) -> Replacement | None:
    """Adds a where predicate to an item with a body."""
    if item.where is not None:
        trimmed = item.where.text.rstrip()
        comma = "" if trimmed.endswith((",", "where")) else ","
        return insert(item.path, item.where.start + len(trimmed.encode()), f"{comma} {predicate}")
    if item.body is None:
        place = item.end - 1
        return insert(item.path, place, f" where {predicate}")
    if isinstance(item, Struct) and item.shape == "tuple":
        return insert(item.path, item.body.end, f" where {predicate}")
    return insert(item.path, item.body.start, f"where {predicate} ")


def add_field(source: bytes, item: Struct, text: str) -> Replacement | None:
    """Adds a field (``name: Type`` or a type, with its visibility) at the end of a struct or variant."""
    if item.body is None or not item.body.text:
        return None
    spans = [(field.start, field.end) for field in item.fields]
    if item.shape == "named" and not spans and b"\n" in source[item.body.start : item.body.end]:
        indent = indent_at(source, item.start)
        body = f"{{\n{indent}{indent_unit(source)}{text},\n{indent}}}"
        return replace(item.path, item.body.start, item.body.end, body)
    return add_element(item.path, source, item.body.start + 1, item.body.end - 1, spans, text)


def into_body(source: bytes, item: Item, text: str) -> Replacement | None:
    """Adds an item at the end of the braces of an impl, trait or inline module, a blank line after a function."""
    if item.body is None or not item.body.text.endswith("}"):
        return None
    indent = indent_at(source, item.start)
    inner = indent + indent_unit(source)
    closing = item.body.end - 1
    content = source[item.body.start + 1 : closing]
    if not content.strip():
        return replace(item.path, item.body.start + 1, closing, f"\n{inner}{reindent(text, inner)}\n{indent}")
    last = item.items[-1] if item.items else None
    gap = "\n" if last is not None and last.kind == "function" and "fn " in text.partition("{")[0] else ""
    kept = item.body.start + 1 + len(content.rstrip())
    if b"\n" not in content:
        return replace(item.path, kept, closing, f"\n{gap}{inner}{reindent(text, inner)}\n{indent}")
    return insert(item.path, kept, f"\n{gap}{inner}{reindent(text, inner)}")
