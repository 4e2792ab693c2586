"""Calls: the callee's parameters wherever the tree defines it, the arguments, other calls of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.edits import elements_of
from rusta_cargo.repair.code.items import Function, ItemIndex, Struct, functions_calling
from rusta_cargo.repair.code.nodes import node_at, text
from rusta_cargo.repair.proposer import Situation
from rusta_schemas.diagnostic import Diagnostic, Span


@dataclass(frozen=True)
class Wanted:
    """A parameter as a caller sees it. ``type`` is None when it is generic or not written."""

    name: str
    type: str | None


def definition(diagnostic: Diagnostic, index: ItemIndex) -> Function | Struct | Span | None:
    """What the note ``… defined here`` points at: an item of the tree, else the span (of a closure, say) in it."""
    for note in diagnostic.notes:
        if "defined here" not in note.message:
            continue
        place = next((span for span in note.spans if span.primary), None)
        if place is None or place.path not in index.files:
            continue
        item = index.defined_at(place)
        if isinstance(item, Function | Struct) and (item.name_start, item.name_end) == (
            place.start,
            place.end,
        ):
            return item
        return place
    return None


def parameters_of(found: Function | Struct | Span | None, situation: Situation) -> list[Wanted]:
    """The parameters of a callee in order, ``self`` left out."""
    if isinstance(found, Function):
        generic = {
            g.name for item in (found, found.parent) if item is not None for g in item.generics if g.kind == "type"
        }
        return [Wanted(p.name.lstrip("_"), _concrete(p.type.text, generic)) for p in found.parameters]
    if isinstance(found, Struct):
        generic = {
            g.name for item in (found, found.parent) if item is not None for g in item.generics if g.kind == "type"
        }
        return [Wanted("", _concrete(field.type.text, generic)) for field in found.fields]
    if found is None:
        return []
    node = node_at(situation.syntax(found.path), found.start, found.end)
    wanted = []
    for part in node.named_children if node.type == "closure_parameters" else ():
        kind = part.child_by_field_name("type")
        pattern = part.child_by_field_name("pattern") if part.type == "parameter" else part
        wanted.append(Wanted(text(pattern), None if kind is None else types.tidy(text(kind))))
    return wanted


def _concrete(type_text: str, generic: set[str]) -> str | None:
    flat = types.tidy(type_text)
    if (
        flat.startswith(("impl ", "&impl ", "&mut impl ", "&dyn ", "&mut dyn "))
        or types.strip_references(flat) in generic
    ):
        return None
    return types.substitute(flat, dict.fromkeys(generic, "_"))


def argument_texts(situation: Situation, path: str, start: int, end: int) -> list[str]:
    """The texts of the arguments of a bracketed list."""
    node = node_at(situation.syntax(path), start, end)
    source = situation.source(path)
    return [source[a:b].decode("utf-8", "replace") for a, b in elements_of(node)]


def other_calls(situation: Situation, index: ItemIndex, name: str) -> Iterator[tuple[str, int, list[str]]]:
    """(path, place, argument texts) of the calls to something of this name in the tree."""
    for path in index.files:
        source = situation.source(path)
        for start, end in functions_calling(source, name):
            node = node_at(situation.syntax(path), start, end)
            listed = node.child_by_field_name("arguments")
            if listed is not None:
                yield (
                    path,
                    listed.start_byte,
                    argument_texts(situation, path, listed.start_byte, listed.end_byte),
                )


def usual_type(index: ItemIndex, found: Function, name: str) -> str | None:
    """The type that a parameter of this name has in other functions: of the same impl or file first, then anywhere.

    Types that speak of another function's generics do not count.
    """
    mine = {g.name for item in (found, found.parent) if item is not None for g in item.generics}
    seen: dict[str, tuple[int, int]] = {}
    for other in index.of_kind(Function):
        theirs = {g.name for item in (other, other.parent) if item is not None for g in item.generics}
        for parameter in other.parameters:
            if other is found or parameter.name != name:
                continue
            kind = types.tidy(parameter.type.text)
            words = {*types.words(kind), *re.findall(r"'\w+", kind)}
            if words & (theirs - mine) or ("Self" in words and other.parent is not found.parent):
                continue
            near = (
                2 if other.parent is found.parent and found.parent is not None else 1 if other.path == found.path else 0
            )
            closeness, count = seen.get(kind, (0, 0))
            seen[kind] = (max(near, closeness), count + 1)
    return max(seen, key=lambda kind: (*seen[kind], kind)) if seen else None
