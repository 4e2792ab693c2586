"""What a merge left in a text: the markers of ``git``, ``diff3`` and ``hg``, and the sides between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKER = re.compile(rb"(?m)^(<{7}|\|{7}|={7}|>{7})(?:[ \t][^\n]*)?\r?(?:\n|\Z)")


@dataclass(frozen=True)
class Marker:
    """One line: ``sign`` is ``<``, ``|``, ``=`` or ``>``; ``start`` and ``end`` are bytes, the line's end included."""

    sign: str
    start: int
    end: int


@dataclass(frozen=True)
class Conflict:
    """Bytes of one conflict and of its two sides."""

    start: int
    end: int
    ours: tuple[int, int]
    theirs: tuple[int, int]


def markers(source: bytes) -> list[Marker]:
    """Every line that has the form of a marker, in order."""
    return [Marker(match[1][:1].decode(), match.start(), match.end()) for match in _MARKER.finditer(source)]


def conflicts(found: list[Marker]) -> Iterator[Conflict]:
    """The conflicts whose markers are all there; what lies between the base's marker and ``=`` is nobody's side."""
    waiting: list[Marker] = []
    for marker in found:
        if marker.sign == "<":
            waiting = [marker]
        elif waiting and marker.sign in _AFTER[waiting[-1].sign]:
            waiting.append(marker)
            if marker.sign == ">":
                middle = next(other for other in waiting if other.sign == "=")
                yield Conflict(
                    waiting[0].start, marker.end, (waiting[0].end, waiting[1].start), (middle.end, marker.start)
                )
                waiting = []


_AFTER = {"<": "|=", "|": "=", "=": ">", ">": ""}
