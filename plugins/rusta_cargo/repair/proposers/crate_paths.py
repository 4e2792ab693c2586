"""Paths into a dependency that lead nowhere, where the crate has the name elsewhere: E0432, E0433, E0425, E0412.

``use once_cell::Lazy`` for ``once_cell::sync::Lazy``. The compiler looks only into what is public where the path leads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.at_hand import dependencies, seen
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Span

_CODES = ("E0432", "E0433", "E0425", "E0412", "E0405", "E0603")
_SURE, _NEXT = 0.9, 0.6
_MOST = 4


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Write the path that the crate has."""
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if place is None or error.code not in _CODES or place.macro is not None:
            continue
        path = _path(situation, place)
        if path is None or path[2][0] not in dependencies(situation, place.path):
            continue
        start, end, parts = path
        ways = [way for one in seen(situation, place.path, parts[-1:]) for way in one.paths[:1] if not one.owner]
        ways = [way for way in dict.fromkeys(ways) if way.startswith(f"{parts[0]}::") and not way.endswith("*")]
        for rank, way in enumerate([way for way in ways if way.endswith(f"::{parts[-1]}")][:_MOST]):
            yield Candidate(
                f"write `{way}`", (edits.replace(place.path, start, end, way),), _SURE * _NEXT**rank,
                diagnostic=number, cites=(error.code,),
            )  # fmt: skip


def _path(situation: Situation, place: Span) -> tuple[int, int, list[str]] | None:
    """The whole path around a place: where it begins and ends, and its segments; none inside of braces."""
    source = situation.source(place.path)
    before = re.search(rb"(?:\w+::)*$", source[max(0, place.start - 300) : place.start])
    after = re.match(rb"\w+(?:::\w+)*", source[place.start :])
    if before is None or after is None:
        return None
    start, end = place.start - len(before[0]), place.start + after.end()
    parts = source[start:end].decode("utf-8", "replace").split("::")
    inside = source[end : end + 3].startswith(b"::") or source[:start].rstrip().endswith((b"{", b","))
    return None if len(parts) < 2 or (inside and b"use" in source[max(0, start - 200) : start]) else (start, end, parts)
