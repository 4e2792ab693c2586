"""How a type is laid out: E0081, E0370 (discriminants), E0732, E0084, E0552 rest, E0587, E0588, E0634, E0690 to E0692,
E0731 (representations), E0793 (fields of packed types).

A discriminant given twice takes the next free number; ``#[repr]`` gets the integer that the enum needs, or loses the
hint that contradicts; a field of a packed type is copied out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Enum, Item, Struct, Variant
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.seeing import expression_at

_NUMBER = re.compile(r"-?(?:0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9_]*)")


def _enum(case: Case) -> Enum | None:
    item = case.index.at(case.path, case.place.start)
    while item is not None and (isinstance(item, Variant) or not isinstance(item, Enum)):
        item = item.parent
    return item if isinstance(item, Enum) else None


def _values(enum: Enum) -> list[int | None]:
    """The discriminant of each variant; None from where it cannot be told."""
    found: list[int | None] = []
    following: int | None = 0
    for variant in enum.variants:
        if variant.value is not None:
            written = variant.value.text.strip()
            match = _NUMBER.fullmatch(written)
            following = int(written.replace("_", ""), 0) if match and written.lstrip("-") else None
        found.append(following)
        following = None if following is None else following + 1
    return found


def _taken(case: Case) -> Iterator[Answer]:
    """Two variants of one number."""
    enum = _enum(case)
    if enum is None:
        return
    values = _values(enum)
    known = {value for value in values if value is not None}
    for at, (variant, value) in enumerate(zip(enum.variants, values, strict=True)):
        if value is None or value not in values[:at]:
            continue
        twin = values.index(value)
        free = value + 1
        while free in known:
            free += 1
        for number, weight in ((free, 0.7), (max(known) + 1, 0.5)):
            yield from _numbered(case, variant, number, weight)
        if variant.value is not None:
            gone = edits.delete(case.path, _before_value(case, variant), variant.value.end)
            yield Answer(f"let `{variant.name}` follow", (gone,), 0.55)
        for number in (free, max(known) + 1):
            yield from _numbered(case, enum.variants[twin], number, 0.4)
        return


def _before_value(case: Case, variant: Variant) -> int:
    """The end of what stands in front of ``= value``."""
    assert variant.value is not None
    sign = case.source.rfind(b"=", variant.start, variant.value.start)
    return len(case.source[:sign].rstrip())


def _numbered(case: Case, variant: Variant, number: int, weight: float) -> Iterator[Answer]:
    if variant.value is not None:
        written = variant.value.text
        new = hex(number) if written.startswith("0x") else str(number)
        change = edits.replace(case.path, variant.value.start, variant.value.end, new)
    else:
        change = edits.insert(case.path, variant.end, f" = {number}")
    yield Answer(f"give `{variant.name}` the number {number}", (change,), weight)


def _overflown(case: Case) -> Iterator[Answer]:
    """The number after the largest: another one is written, or the type gets wider."""
    item = case.index.at(case.path, case.place.start)
    enum = _enum(case)
    if enum is None:
        return
    variant = item if isinstance(item, Variant) else enum.variants[-1]
    known = {value for value in _values(enum) if value is not None}
    free = 0
    while free in known:
        free += 1
    yield from _numbered(case, variant, free, 0.6)
    kinds = ("u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128")
    for attribute in enum.attributes:
        for piece in attribute.arguments if attribute.name == "repr" else ():
            if piece.text in kinds and not piece.text.endswith("128"):
                new = kinds[kinds.index(piece.text) + 1]
                change = edits.replace(case.path, piece.start, piece.end, new)
                yield Answer(f"number it by `{new}`", (change,), 0.4)


def _unnumbered(case: Case) -> Iterator[Answer]:
    """Discriminants beside fields need a representation."""
    enum = _enum(case)
    if enum is None:
        return
    values = [value for value in _values(enum) if value is not None]
    wide = max((abs(value) for value in values), default=0)
    kind = "u8" if wide < 256 else "u16" if wide < 65536 else "u32"
    if any(value < 0 for value in values):
        kind = "isize" if wide > 127 else "i8"
    for at, new in enumerate(dict.fromkeys((kind, "isize", "u32"))):
        line = edits.line_before(case.path, case.source, enum.start, f"#[repr({new})]")
        yield Answer(f"number it by `{new}`", (line,), 0.8 - 0.2 * at)


# Of the hints that contradict, those that may go, the likeliest first.
_HINTS = {
    "E0587": ("packed", "align"),
    "E0588": ("packed",),
    "E0690": ("transparent",),
    "E0691": ("transparent",),
    "E0692": ("transparent", "C", "u8", "align", "packed"),
    "E0731": ("transparent",),
    "E0084": ("u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "usize", "isize", "C"),
    "E0634": ("packed",),
}


def _contradicting(case: Case) -> Iterator[Answer]:
    """A hint of ``#[repr]`` goes."""
    item: Item | None = case.index.at(case.path, case.place.start)
    if item is None or not isinstance(item, Struct | Enum):
        around = (i for i in case.index.files[case.path] if isinstance(i, Struct | Enum))
        item = next((i for i in around if i.first <= case.place.start < i.end), None)
    if isinstance(item, Variant):
        item = item.parent
    if item is None:
        return
    wanted = _HINTS[case.diagnostic.code or ""]
    for attribute in item.attributes:
        if attribute.name != "repr":
            continue
        spans = [(piece.start, piece.end) for piece in attribute.arguments]
        for which, piece in enumerate(attribute.arguments):
            head = piece.text.partition("(")[0].strip()
            if head not in wanted:
                continue
            if len(spans) == 1:
                gone = edits.delete_lines(case.path, case.source, attribute.start, attribute.end)
            else:
                gone = edits.delete_element(case.path, case.source, spans, which)
            yield Answer(f"leave `{piece.text}` out", (gone,), 0.6 - 0.1 * wanted.index(head))


def _unaligned(case: Case) -> Iterator[Answer]:
    """A reference to a field of a packed type: the field is copied, or read as it lies there."""
    node = expression_at(case, case.place)
    place = node
    if node.type == "reference_expression":
        place = node.child_by_field_name("value") or node
    written = text(place)
    if place.type not in ("field_expression", "index_expression"):
        return
    copied = edits.replace_node(case.path, place, f"{{ {written} }}")
    changed = nodes.child(node, "mutable_specifier") is not None
    call = place.parent is not None and place.parent.type == "field_expression"
    yield Answer("copy the field", (copied,), 0.3 if changed else 0.8)
    statement = _statement(case, place)
    if statement is not None:
        name = text(place.child_by_field_name("field")) or "value"
        name = name if not name.isdecimal() else f"field{name}"
        line = edits.line_before(case.path, case.source, statement.start_byte, f"let {name} = {written};")
        yield Answer("copy the field first", (line, edits.replace_node(case.path, place, name)), 0.6)
    if node.type == "reference_expression" and not call:
        raw = "addr_of_mut" if changed else "addr_of"
        pointer = edits.replace_node(case.path, node, f"std::ptr::{raw}!({written})")
        yield Answer("take its address", (pointer,), 0.4)


def _statement(case: Case, place: Node) -> Node | None:
    return nodes.statement_of(nodes.node_at(case.root, place.start_byte, place.end_byte))


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0081": (_taken,),
    "E0370": (_overflown,),
    "E0732": (_unnumbered,),
    **dict.fromkeys(_HINTS, (_contradicting,)),
    "E0793": (_unaligned,),
}
propose = answering(_TABLE)
