"""Asking the compiler for types: probes that are put into a copy of the source, and their answers.

A probe is ``{ struct P; let P = EXPR; }``. It never fits, so the compiler reports E0308 and labels EXPR with "this
expression has type `T`". A struct of its own is used rather than ``()`` so that a unit type is an answer as well, and
its number says which question is answered. Type errors keep the borrow checker away, so EXPR may be evaluated twice.

A probe stands before the statement that holds EXPR, or inside the nearest match arm, closure or constant, where the
names that EXPR uses are in scope. For a name that a pattern binds, it stands where the binding begins to hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import tree_sitter_rust
from tree_sitter import Language, Node, Parser

from rusta_schemas.diagnostic import Diagnostic

_PREFIX = "__RustaProbe"
_FOUND = re.compile(rf"`{_PREFIX}(\d+)`")
_HAS_TYPE = re.compile(r"^this expression has type `(.+)`$", re.DOTALL)
_EXPECTED = re.compile(r"^expected `(.+)`, found `")
_BLOCKS = ("block",)
_BODIES = {"closure_expression": "body", "match_arm": "value"}
_INITIALISED = {"const_item": "value", "static_item": "value"}
_PATTERN_FIELD = {
    "let_declaration": "pattern",
    "for_expression": "pattern",
    "parameter": "pattern",
    "match_arm": "pattern",
    "let_condition": "pattern",
}


@dataclass(frozen=True)
class Question:
    """The bytes of one expression (or bound name) in one source text."""

    start: int
    end: int


@dataclass(frozen=True)
class _Slot:
    """Where a probe goes: before ``start``; with ``wrap``, in a block around ``start..end``."""

    start: int
    end: int
    wrap: bool


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_rust.language()))


def with_probes(source: bytes, questions: Sequence[Question], first: int) -> tuple[bytes, dict[int, str]]:
    """``source`` with a probe for each question, numbered from ``first``; and the reason for each that has no place."""
    tree = _parser().parse(source)
    slots: dict[_Slot, list[bytes]] = {}
    refused: dict[int, str] = {}
    for number, question in enumerate(questions, first):
        text = source[question.start : question.end]
        if not text.strip() or question.end > len(source):
            refused[number] = "the span holds no text"
            continue
        node = tree.root_node.descendant_for_byte_range(question.start, question.end)
        slot = None if node is None else _slot(node)
        if slot is None:
            refused[number] = "the span is not an expression inside a function, constant or static"
            continue
        name = f"{_PREFIX}{number}".encode()
        slots.setdefault(slot, []).append(b"{ struct %b; let %b = %b; } " % (name, name, text))
    return _inserted(source, slots), refused


def answers(diagnostics: Iterable[Diagnostic]) -> dict[int, str]:
    """The types that the compiler named, by the number of the probe."""
    found: dict[int, str] = {}
    for diagnostic in diagnostics:
        if diagnostic.code != "E0308":
            continue
        texts = [span.label or "" for span in diagnostic.spans] + [note.message for note in diagnostic.notes]
        number = next((match[1] for text in texts if (match := _FOUND.search(text))), None)
        if number is None:
            continue
        labels = [span.label or "" for span in diagnostic.spans]
        whole = next((match[1] for label in labels if (match := _HAS_TYPE.match(label))), None)
        part = next((match[1] for label in labels if (match := _EXPECTED.match(label))), None)
        if whole or part:
            found.setdefault(int(number), whole or part or "")
    return found


def _slot(node: Node) -> _Slot | None:
    bound = _binding_slot(node)
    if bound is not None:
        return bound
    current = node
    while (parent := current.parent) is not None:
        if parent.type in _BLOCKS and current.type not in ("{", "}", "label"):
            return _Slot(current.start_byte, current.end_byte, False)
        field = _BODIES.get(parent.type) or _INITIALISED.get(parent.type)
        if field is not None and parent.child_by_field_name(field) == current:
            return _Slot(current.start_byte, current.end_byte, True)
        if parent.type in ("match_pattern", "let_chain", "let_condition"):
            # A guard, or a condition behind a `let`: names of the pattern are in scope only right here.
            field = {"match_pattern": "condition", "let_condition": "value"}.get(parent.type)
            if field is None or parent.child_by_field_name(field) == current:
                return _Slot(current.start_byte, current.end_byte, True)
        if parent.type in (
            "function_item",
            "type_item",
            "struct_item",
            "enum_item",
            "use_declaration",
        ):
            return None
        current = parent
    return None


def _binding_slot(node: Node) -> _Slot | None:
    """For a name inside a pattern: the place from which on the name is bound."""
    if node.type not in ("identifier", "shorthand_field_identifier", "self"):
        return None
    current = node
    while (parent := current.parent) is not None:
        field = _PATTERN_FIELD.get(parent.type)
        if field is not None and parent.child_by_field_name(field) == current:
            return _after_binding(parent)
        if parent.type == "self_parameter":
            return _body_start(parent)
        if parent.type == "closure_parameters":
            body = parent.parent.child_by_field_name("body") if parent.parent is not None else None
            return None if body is None else _Slot(body.start_byte, body.end_byte, True)
        if not (parent.type.endswith("_pattern") or parent.type == "match_pattern"):
            return None
        current = parent
    return None


def _after_binding(holder: Node) -> _Slot | None:
    if holder.type == "let_declaration":
        return _Slot(holder.end_byte, holder.end_byte, False)
    if holder.type == "match_arm":
        value = holder.child_by_field_name("value")
        return None if value is None else _Slot(value.start_byte, value.end_byte, True)
    return _body_start(holder)


def _body_start(node: Node) -> _Slot | None:
    """Just behind the opening brace of the function, loop or branch that ``node`` belongs to."""
    current: Node | None = node
    while current is not None and current.type not in _BLOCKS:
        for field in ("body", "consequence"):
            body = current.child_by_field_name(field)
            if body is not None:
                inside = body.start_byte + 1
                if body.type in _BLOCKS:
                    return _Slot(inside, inside, False)
                return _Slot(body.start_byte, body.end_byte, True)
        current = current.parent
    return None


def _inserted(source: bytes, slots: dict[_Slot, list[bytes]]) -> bytes:
    # At one place: closings of inner blocks first, then plain probes, then openings of outer blocks.
    pieces: list[tuple[int, int, int, bytes]] = []
    for slot, probes in slots.items():
        text = b" " + b"".join(probes)
        if slot.wrap:
            pieces.append((slot.start, 2, -slot.end, b"{" + text))
            pieces.append((slot.end, 0, -slot.start, b" }"))
        else:
            pieces.append((slot.start, 1, 0, text))
    result: list[bytes] = []
    position = 0
    for place, _, _, text in sorted(pieces):
        result += (source[position:place], text)
        position = place
    result.append(source[position:])
    return b"".join(result)
