"""Names that look alike: which of the known names a misspelt one may stand for, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def distance(left: str, right: str, limit: int = 99) -> int:
    """Damerau-Levenshtein distance (optimal string alignment); ``limit + 1`` when it is more than ``limit``.

    F. J. Damerau, "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964.
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row = row, [i] + [0] * len(right)
        for j, b in enumerate(right, 1):
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before = previous
    return min(row[-1], limit + 1)


def words_of(name: str) -> list[str]:
    """The words of a name, lower case: ``maxWidth``, ``max_width`` and ``MaxWidth`` give the same."""
    found, current = [], ""
    for index, char in enumerate(name):
        new = char.isupper() and current and (not name[index - 1].isupper())
        if char == "_" or new:
            if current:
                found.append(current)
            current = "" if char == "_" else char.lower()
        else:
            current += char.lower()
    return [*found, current] if current else found


@lru_cache(maxsize=1 << 15)  # an error that is repeated, or asked about by several proposers, compares the same names
def likeness(name: str, other: str) -> float:
    """How likely ``name`` was meant to be ``other``, 0 to 1. Above 0.5 it is worth a try."""
    if name == other:
        return 1.0
    mine, theirs = words_of(name), words_of(other)
    plain, flat = "".join(mine), "".join(theirs)
    if not plain or not flat:
        return 0.0
    if plain == flat:
        return 0.97
    if sorted(mine) == sorted(theirs):
        return 0.9
    if plain in (f"{flat}s", f"{flat}es") or flat in (f"{plain}s", f"{plain}es"):
        return 0.9
    longest = max(len(plain), len(flat))
    far = distance(plain, flat, max(1, longest // 2))
    score = max(0.0, 1.0 - far / longest) * 0.95
    if far == 1 and longest >= 3:
        score = max(score, 0.8)
    common = len(set(mine) & set(theirs))
    if common:
        score = max(score, 0.75 * 2 * common / (len(mine) + len(theirs)))
    shorter, longer = sorted((plain, flat), key=len)
    if len(shorter) >= 3 and (longer.startswith(shorter) or longer.endswith(shorter)):
        score = max(score, 0.5 + 0.3 * len(shorter) / len(longer))
    return min(score, 0.95)


def rank(name: str, candidates: Iterable[str], least: float = 0.5, most: int = 5) -> list[tuple[float, str]]:
    """The candidates that ``name`` may stand for as (likeness, name), best first; ``name`` itself is left out."""
    scored = {other: likeness(name, other) for other in candidates if other != name}
    good = [(score, other) for other, score in scored.items() if score >= least]
    return sorted(good, key=lambda pair: (-pair[0], pair[1]))[:most]


def closest(name: str, candidates: Iterable[str], least: float = 0.5) -> str | None:
    """The best of :func:`rank`, or None."""
    return next((other for _, other in rank(name, candidates, least, 1)), None)
