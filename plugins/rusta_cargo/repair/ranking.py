"""Second opinions on the order of candidates, from tools that plugins declare as rankers of the domain ``repair``.

Asked where tests judge: hundreds of changes come into question there, and each check costs a part of a build. Where the
compiler judges, the right change is among the first two or three anyway, and no opinion saved a check when it was measured:
there only those are asked that the goal names although they are not usual.

Such a tool takes ``{"texts": [string, …], "changes": [{"text", "start", "end", "new"}, …]}``: pieces of files as they are,
and changes of them by bytes of the piece's UTF-8 (``text`` is the index of the piece). It answers ``{"scores": [number,
…]}``: natural logarithms of how much likelier each change makes its text; no scores: no opinion. A score moves the
logarithm of a candidate's odds by :data:`WEIGHT` times its distance from the median of all scores: an opinion orders
candidates, it neither makes nor drops any.

A tool is told no more than it has arguments for. One that has ``about`` is given ``[{"proposer", "message"}, …]``: who made
each change, and the words (with labels, without code) of the error that it answers, "" where it answers none alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from pydantic import JsonValue

from rusta_cargo.repair.proposer import Candidate, SourceUnavailable
from rusta_conductor.specs import RankerSpec
from rusta_schemas.action import Action
from rusta_schemas.diagnostic import Diagnostic
from rusta_schemas.observation import Observation

MOST_RANKED = 384
FEWEST_RANKED = 3
LONGEST_CHANGE = 256
BEFORE, AFTER = 8192, 64
LONGEST_TEXT = 32768
# Under this weight the right change is likeliest by its odds (mutants of crates that are learnt on; 0.2 to 0.5 are
# alike). A larger one would save more checks, and make the belief in what is found too sure.
WEIGHT = 0.35
MOST_MOVED = 8.0
_SURE = 1e-6

Ask = Callable[[Action], Observation]


@dataclass(frozen=True)
class Place:
    """What a candidate changes, from its first change to its last: bytes ``start`` to ``end`` of ``path`` become ``new``."""

    path: str
    start: int
    end: int
    new: bytes


def ranked(
    candidates: Sequence[Candidate],
    rankers: Iterable[RankerSpec],
    read: Callable[[str], bytes],
    errors: Sequence[Diagnostic],
    ask: Ask,
) -> list[Candidate]:
    """``candidates``, which answer ``errors``, with the priors that the rankers' opinions give them; in the same order."""
    result = list(candidates)
    asked = tuple(rankers)
    if not asked:
        return result
    likeliest = sorted(range(len(result)), key=lambda i: (result[i].stub, -result[i].prior))[:MOST_RANKED]
    places = {i: place for i in likeliest if (place := place_of(result[i], read)) is not None}
    chosen, args = question(places, read)
    if len(chosen) < FEWEST_RANKED:
        return result
    args["about"] = [dict(about(result[i], errors)) for i in chosen]
    for ranker in asked:
        scores = _scores(ask(Action(verb=ranker.verb, args=args)), len(chosen))
        if scores is None:
            continue
        middle = median(scores)
        for i, score in zip(chosen, scores, strict=True):
            result[i] = replace(result[i], prior=moved(result[i].prior, score - middle))
    return result


def place_of(candidate: Candidate, read: Callable[[str], bytes]) -> Place | None:
    """The one place that a candidate changes; None when it changes several files, or a long stretch of one."""
    paths = {part.path for part in candidate.replacements}
    if len(paths) != 1:
        return None
    path = paths.pop()
    try:
        source = read(path)
    except SourceUnavailable:
        return None
    parts = sorted(candidate.replacements, key=lambda part: (part.start, part.end))
    start, end = parts[0].start, max(part.end for part in parts)
    if end > len(source):
        return None
    new, at = b"", start
    for part in parts:
        if part.start < at:
            return None
        new += source[at : part.start] + part.text.encode("utf-8", "replace")
        at = part.end
    if end - start > LONGEST_CHANGE or len(new) > 2 * LONGEST_CHANGE:
        return None
    return Place(path, start, end, new)


def question(places: dict[int, Place], read: Callable[[str], bytes]) -> tuple[list[int], dict[str, JsonValue]]:
    """Which of the places are asked about, and how. Of each file one piece is shown; what is far from it is left out.

    ``places``: likeliest first.
    """
    chosen: list[int] = []
    texts: list[JsonValue] = []
    changes: list[JsonValue] = []
    for path in dict.fromkeys(place.path for place in places.values()):
        here: dict[int, Place] = {}
        low, high = 0, 0
        for i, place in places.items():
            if place.path != path:
                continue
            first, last = (min(low, place.start), max(high, place.end)) if here else (place.start, place.end)
            if last - first <= LONGEST_TEXT - BEFORE - AFTER:
                here[i], low, high = place, first, last
        source = read(path)
        first, last = _boundary(source, max(0, low - BEFORE)), _boundary(source, min(len(source), high + AFTER))
        try:
            text = source[first:last].decode("utf-8")
        except UnicodeDecodeError:
            continue
        for i, place in here.items():
            chosen.append(i)
            changes.append(
                {
                    "text": len(texts),
                    "start": place.start - first,
                    "end": place.end - first,
                    "new": place.new.decode("utf-8", "replace"),
                }
            )
        texts.append(text)
    return chosen, {"texts": texts, "changes": changes}


def about(candidate: Candidate, errors: Sequence[Diagnostic]) -> dict[str, str]:
    """Who made a candidate, and the error that it answers."""
    if candidate.diagnostic is None or candidate.diagnostic >= len(errors):
        return {"proposer": candidate.proposer, "message": ""}
    error = errors[candidate.diagnostic]
    words = "\n".join([error.message, *(span.label for span in error.spans if span.label)])
    return {"proposer": candidate.proposer, "message": words}


def moved(prior: float, nats: float) -> float:
    """``prior`` after an opinion that differs by ``nats`` from the middle."""
    sure = min(1 - _SURE, max(_SURE, prior))
    change = WEIGHT * max(-MOST_MOVED, min(MOST_MOVED, nats))
    return min(1.0, max(_SURE, 1 / (1 + math.exp(-(math.log(sure / (1 - sure)) + change)))))


def _boundary(source: bytes, at: int) -> int:
    """``at``, or the next byte that begins a character."""
    while at < len(source) and source[at] & 0xC0 == 0x80:
        at += 1
    return at


def _scores(answer: Observation, count: int) -> list[float] | None:
    """The opinion; None when the tool had none or did not keep to its form."""
    found = answer.data.get("scores") if answer.ok else None
    if not isinstance(found, list) or len(found) != count:
        return None
    scores = [float(s) for s in found if isinstance(s, int | float) and math.isfinite(s)]
    return scores if len(scores) == count else None
