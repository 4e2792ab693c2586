"""Second opinions on the order of candidates, from tools that plugins declare as rankers of the domain ``repair``.

Such a tool takes ``{"passages": [{"before", "old", "new", "after"}, …]}``: what stands before and after a change, and the
text between them as it is and as it would be. One that has an argument ``about`` is also given ``[{"proposer", "message"},
…]``: who made each change, and the words (with labels, without code) of the error that it answers, "" where it answers none
alone. It answers ``{"scores": [number, …]}``: natural logarithms of how much
likelier each change makes its passage. A score moves the logarithm of a candidate's odds by :data:`WEIGHT` times its
distance from the mean of all scores: an opinion orders candidates, it neither makes nor drops any.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pydantic import JsonValue

from rusta_cargo.repair.proposer import Candidate, SourceUnavailable
from rusta_conductor.specs import RankerSpec
from rusta_schemas.action import Action
from rusta_schemas.diagnostic import Diagnostic
from rusta_schemas.observation import Observation

MOST_RANKED = 16
FEWEST_RANKED = 2
BEFORE, AFTER = 192, 48
WEIGHT = 0.2
MOST_MOVED = 8.0
_SURE = 1e-6

Ask = Callable[[Action], Observation]


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
    found = {i: passage(result[i], read) for i in likeliest}
    passages: list[JsonValue] = [dict(place) for place in found.values() if place is not None]
    chosen = [i for i, place in found.items() if place is not None]
    if len(chosen) < FEWEST_RANKED:
        return result
    told: list[JsonValue] = [dict(about(result[i], errors)) for i in chosen]
    for ranker in asked:
        answer = ask(Action(verb=ranker.verb, args={"passages": passages, "about": told}))
        scores = _scores(answer, len(chosen))
        if scores is None:
            continue
        middle = sum(scores) / len(scores)
        for i, score in zip(chosen, scores, strict=True):
            result[i] = replace(result[i], prior=moved(result[i].prior, score - middle))
    return result


def passage(candidate: Candidate, read: Callable[[str], bytes]) -> dict[str, str] | None:
    """The place that a candidate changes, from its first change to its last; None when it changes several files."""
    paths = {part.path for part in candidate.replacements}
    if len(paths) != 1:
        return None
    try:
        source = read(paths.pop())
    except SourceUnavailable:
        return None
    parts = sorted(candidate.replacements, key=lambda part: (part.start, part.end))
    start, end = parts[0].start, max(part.end for part in parts)
    new, at = b"", start
    for part in parts:
        if part.start < at:
            return None
        new += source[at : part.start] + part.text.encode("utf-8", "replace")
        at = part.end
    if end - start > BEFORE or len(new) > 2 * BEFORE:  # not a place but a stretch of the file
        return None
    return {
        "before": _text(source[max(0, start - BEFORE) : start]),
        "old": _text(source[start:end]),
        "new": _text(new),
        "after": _text(source[end : end + AFTER]),
    }


def about(candidate: Candidate, errors: Sequence[Diagnostic]) -> dict[str, str]:
    """Who made a candidate, and the error that it answers."""
    if candidate.diagnostic is None or candidate.diagnostic >= len(errors):
        return {"proposer": candidate.proposer, "message": ""}
    error = errors[candidate.diagnostic]
    words = "\n".join([error.message, *(span.label for span in error.spans if span.label)])
    return {"proposer": candidate.proposer, "message": words}


def moved(prior: float, nats: float) -> float:
    """``prior`` after an opinion that differs by ``nats`` from the mean."""
    sure = min(1 - _SURE, max(_SURE, prior))
    change = WEIGHT * max(-MOST_MOVED, min(MOST_MOVED, nats))
    return min(1.0, max(_SURE, 1 / (1 + math.exp(-(math.log(sure / (1 - sure)) + change)))))


def _scores(answer: Observation, count: int) -> list[float] | None:
    """The opinion; None when the tool had none or did not keep to its form."""
    found = answer.data.get("scores") if answer.ok else None
    if not isinstance(found, list) or len(found) != count:
        return None
    scores = [float(s) for s in found if isinstance(s, int | float) and math.isfinite(s)]
    return scores if len(scores) == count else None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
