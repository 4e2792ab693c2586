"""What rustc's messages, labels and notes say: the types it expected, the names it quotes, the lists it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rusta_cargo.repair.code.types import (
    arguments,
    element,
    head,
    inner,
    is_mutable_reference,
    is_reference,
    referent,
    same,
    split_generic,
    split_top,
    strip_references,
    tuple_parts,
    words,
)
from rusta_schemas.diagnostic import Diagnostic, Span

_QUOTED = re.compile(r"`([^`]*)`")
_MORE = re.compile(r"and (\d+) (?:more|others?)\b|and (\d+) other ")
_SIDE = r"(?:`(?P<{0}q>[^`]*)`|(?P<{0}w>(?:an? )?[^,`\n]*?(?:`(?P<{0}t>[^`]*)`)?[^,`\n]*?))"
_LABEL = re.compile(r"expected " + _SIDE.format("e") + r", found " + _SIDE.format("f") + r"$")
_NOTE = re.compile(r"expected ([^\n]*)\n\s*found ([^\n]*)")
_WORDS = {
    "integer": "{integer}", "an integer": "{integer}", "floating-point number": "{float}",
    "a floating-point number": "{float}",
    "unit type": "()", "unit": "()", "!": "!", "bool": "bool",
}  # fmt: skip


@dataclass(frozen=True)
class Mismatch:
    """Two types that should have been one. Text as rustc prints it; ``{integer}`` for an unsuffixed number.

    ``full`` says that both are whole types; else they may be words such as ``fn item`` or shortened types.
    """

    expected: str
    found: str
    full: bool = True


def quoted(text: str) -> list[str]:
    """What stands in backticks, in order."""
    return _QUOTED.findall(text)


def named(text: str) -> tuple[list[str], int]:
    """The names of a list such as ``fields `a`, `b` and 2 other fields``, and how many it leaves out."""
    more = _MORE.search(text)
    return quoted(text), 0 if more is None else int(more[1] or more[2])


def label_of(diagnostic: Diagnostic) -> str:
    """The label of the primary span, or nothing."""
    place = diagnostic.primary
    return "" if place is None or place.label is None else place.label


def labelled(diagnostic: Diagnostic, *needles: str) -> list[Span]:
    """The spans, primary or not, whose label holds one of ``needles``; spans of notes count by the note's message."""
    found = [span for span in diagnostic.spans if any(needle in (span.label or "") for needle in needles)]
    for note in diagnostic.notes:
        for span in note.spans:
            if any(needle in (span.label or "") or needle in note.message for needle in needles):
                found.append(span)
    return found


def all_spans(diagnostic: Diagnostic) -> list[Span]:
    """Every span of the message and of its notes."""
    return [*diagnostic.spans, *(span for note in diagnostic.notes for span in note.spans)]


def mismatch(diagnostic: Diagnostic) -> Mismatch | None:
    """What was expected and what was found: from the note, which has whole types, else from a label or the message."""
    label = None
    for text in [
        label_of(diagnostic),
        *(span.label or "" for span in diagnostic.spans),
        diagnostic.message,
    ]:
        label = label or mismatch_in(text)
    for note in diagnostic.notes:
        found = _NOTE.search(note.message)
        if found is not None:
            expected, other = _type_of(found[1]), _type_of(found[2])
            if expected is not None and other is not None:
                # What both sides have in common may be left out of a note (`&_`), while the label has it in full.
                whole = label is not None and label.full and not _open(label.expected, label.found)
                if whole and _open(expected, other):
                    return label
                return Mismatch(expected, other)
    return label


def _open(*kinds: str) -> bool:
    """A part of a type is left out."""
    return any("_" in words(kind) for kind in kinds)


def mismatch_in(text: str) -> Mismatch | None:
    """The types of one label: ``expected `u8`, found `&str` ``."""
    found = _LABEL.search(text.strip())
    if found is None:
        return None
    sides = []
    for side in "ef":
        written = found[f"{side}q"] if found[f"{side}q"] is not None else found[f"{side}t"]
        word = (found[f"{side}w"] or "").strip()
        sides.append((written, word) if written is not None else (_WORDS.get(word), word))
    full = all(first is not None and "..." not in first and first != "_" for first, _ in sides)
    return Mismatch(sides[0][0] or sides[0][1], sides[1][0] or sides[1][1], full)


def _type_of(side: str) -> str | None:
    """The type of one line of a note: ``enum `Option<u32>` ``, ``type parameter `T` (…)``, ``unit type `()` ``."""
    names = quoted(side)
    if names:
        return names[0]
    return _WORDS.get(side.strip())


__all__ = [
    "Mismatch",
    "all_spans",
    "arguments",
    "element",
    "head",
    "inner",
    "is_mutable_reference",
    "is_reference",
    "label_of",
    "labelled",
    "mismatch",
    "mismatch_in",
    "named",
    "quoted",
    "referent",
    "same",
    "split_generic",
    "split_top",
    "strip_references",
    "tuple_parts",
]
