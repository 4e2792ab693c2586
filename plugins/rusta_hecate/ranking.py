"""The tool behind the ranker ``hecate``: how much likelier each of many changes makes its text.

The opinion is the predictor's alone (:mod:`rusta_hecate.mixing`), which has read the text up to the change. On mutants of
crates the network, and a predictor that had read the documentation first, ordered changes no better and took a hundred
times as long: what tells a slip from what was meant is the rest of the same file.
"""

from __future__ import annotations

from pydantic import Field

from rusta_conductor.tool import ToolContext, ToolResult
from rusta_hecate.mixing.predictor import Predictor
from rusta_schemas.base import Closed

# Bytes after a change that are judged with it. More of them drown the change itself.
FOLLOWING = 4
_BITS, _LEAST_BITS = 18, 10
# What the last bytes cost, as a share of the mean that is kept.
_NEWER = 1 / 64


class Change(Closed):
    """Bytes ``start`` to ``end`` of the text with this index become ``new``."""

    text: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    new: str


class RankArgs(Closed):
    """Texts, and changes of them."""

    texts: tuple[str, ...]
    changes: tuple[Change, ...]


class Ranked(Closed):
    """One number for each change, in nats; higher is likelier."""

    scores: tuple[float, ...]


def rank_changes(args: RankArgs, _context: ToolContext) -> ToolResult:
    """An opinion on the order of changes; no scores without the native part, which is needed to have them in time."""
    if not Predictor(_LEAST_BITS).native:
        return ToolResult("no opinion: the native part is missing", Ranked(scores=()))
    texts = [text.encode("utf-8", "replace") for text in args.texts]
    # Rounded, so that the last bits of another machine's arithmetic change no order.
    scores = tuple(round(score, 2) for score in gains(texts, args.changes))
    return ToolResult(f"{len(scores)} changes of {len(texts)} texts", Ranked(scores=scores))


def gains(texts: list[bytes], changes: tuple[Change, ...]) -> list[float]:
    """ln P(changed) − ln P(as it was) of each change, with a mean byte's cost for each byte by which the text grew.

    Every text is read once. A change outside of its text gains nothing.
    """
    found = [0.0] * len(changes)
    for number, text in enumerate(texts):
        places: dict[int, list[int]] = {}
        for i, change in enumerate(changes):
            if change.text == number and change.start <= change.end <= len(text):
                places.setdefault(change.start, []).append(i)
        predictor, at, typical = Predictor(_BITS), 0, 1.0
        for start in sorted(places):
            for cost in predictor.read(text[at:start]).tolist():
                typical += _NEWER * (cost - typical)
            at = start
            known: dict[bytes, float] = {}
            for i in places[start]:
                change = changes[i]
                old, new = text[start : change.end], change.new.encode("utf-8", "replace")
                after = text[change.end : change.end + FOLLOWING]
                for form in (old + after, new + after):
                    if form not in known:
                        known[form] = float(predictor.read(form, keep=False).sum())
                found[i] = known[old + after] - known[new + after] + typical * (len(new) - len(old))
    return found
