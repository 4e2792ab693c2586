"""Markers that a merge left in a file: what is between them becomes one side, the other, or both.

Any error of the parser, or of cargo about a manifest, in a file that has such lines. Which side was meant stands nowhere
but in what the rest of the project asks for; the sides are tried, the grammar ordering them. Markers without their
others are taken away alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from rusta_cargo.repair.code.brokenness import Brokenness
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import delete
from rusta_cargo.repair.code.manifests import manifest_of
from rusta_cargo.repair.code.merges import Conflict, Marker, conflicts, markers
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_cargo.repair.tree import replace_in
from rusta_cargo.taxonomy import PHASE_MANIFEST, PHASE_PARSE
from rusta_schemas.diagnostic import Category, Diagnostic

RISK = "settles a merge that was left undone"
_SIDES = ("ours", "theirs", "both")
_TITLES = {"ours": "keep the first side", "theirs": "keep the second side", "both": "keep both sides"}
_PRIORS = {"ours": 0.85, "theirs": 0.7, "both": 0.55}
_MIXED, _BROKEN, _STRAY, _UNMARKED = 0.4, 0.15, 0.85, 0.3
# So many conflicts of one file are settled each for itself; more only all alike.
_MOST_MIXED = 3


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Settle the merges of every file that the parser refuses."""
    seen: set[str] = set()
    for number, error in enumerate(situation.diagnostics):
        found = _file_of(situation, error)
        if found is None or found[0] in seen:
            continue
        path, source = found
        seen.add(path)
        there = markers(source)
        whole = list(conflicts(there))
        for title, parts, prior in (*_settled(path, source, whole), *_stray(path, there, whole, error)):
            yield Candidate(title, parts, prior, diagnostic=number, risk=(RISK,))


def _file_of(situation: Situation, error: Diagnostic) -> tuple[str, bytes] | None:
    place = error.primary
    if error.phase == PHASE_MANIFEST and (place is None or not place.path.endswith(".rs")):
        return manifest_of(situation, error)
    if place is None or (error.category is not Category.SYNTAX and error.phase > PHASE_PARSE):
        return None
    try:
        return place.path, situation.source(place.path)
    except SourceUnavailable:
        return None


def _settled(path: str, source: bytes, whole: list[Conflict]) -> Iterator[tuple[str, tuple[Replacement, ...], float]]:
    choices = [(side,) * len(whole) for side in _SIDES]
    if 1 < len(whole) <= _MOST_MIXED:
        choices += [mixed for mixed in product(_SIDES, repeat=len(whole)) if len(set(mixed)) > 1]
    for sides in choices if whole else ():
        parts = tuple(part for side, one in zip(sides, whole, strict=True) for part in _kept(path, one, side))
        alike = len(set(sides)) == 1
        title = (
            _TITLES[sides[0]]
            if alike
            else f"{_TITLES[sides[0]]} of the first merge, "
            + ", ".join(_TITLES[side].removeprefix("keep ") + " of the next" for side in sides[1:])
        )
        prior = _PRIORS[sides[0]] if alike else _MIXED
        yield title, parts, prior if _parses(path, source, parts) else _BROKEN * prior


def _kept(path: str, one: Conflict, side: str) -> tuple[Replacement, ...]:
    first, second = one.ours, one.theirs
    if side == "ours":
        return delete(path, one.start, first[0]), delete(path, first[1], one.end)
    if side == "theirs":
        return delete(path, one.start, second[0]), delete(path, second[1], one.end)
    return delete(path, one.start, first[0]), delete(path, first[1], second[0]), delete(path, second[1], one.end)


def _stray(
    path: str, there: list[Marker], whole: list[Conflict], error: Diagnostic
) -> Iterator[tuple[str, tuple[Replacement, ...], float]]:
    """Markers whose others are gone. A row of ``=`` alone may be somebody's underline: only where the error is."""
    alone = [marker for marker in there if not any(one.start <= marker.start < one.end for one in whole)]
    place = error.primary
    at = -1 if place is None else place.start
    if all(marker.sign == "=" for marker in alone):
        alone = [marker for marker in alone if marker.start <= at < marker.end]
    if not alone:
        return
    lines = tuple(delete(path, marker.start, marker.end) for marker in alone)
    yield "remove what is left of a merge's markers", lines, _STRAY
    middle = next((marker for marker in alone if marker.sign == "="), None)
    last = next((marker for marker in alone if marker.sign == ">"), None)
    first = next((marker for marker in alone if marker.sign == "<"), None)
    if middle is not None and last is not None and middle.start < last.start:
        yield "remove the second side of a merge with its markers", (delete(path, middle.start, last.end),), _UNMARKED
    if first is not None and middle is not None and first.start < middle.start:
        yield "remove the first side of a merge with its markers", (delete(path, first.start, middle.end),), _UNMARKED


def _parses(path: str, source: bytes, parts: tuple[Replacement, ...]) -> bool:
    after = replace_in(source, parts)
    return not path.endswith(".rs") or Brokenness(after, brackets=True).now == 0
