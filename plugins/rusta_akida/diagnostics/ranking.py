"""An opinion on candidates of a repair: how often their proposers are right where messages read like this one.

With p(c | message) from the hint and counts of (right, tried) of proposers by class c, as the product ships them, a
candidate's score is log Σ p(c | message) · (right + s·m) / (tried + s), where m is the share of all and s how many counts
it is worth. It orders candidates and does nothing else; where nothing was trained it has no opinion.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from rusta_akida.diagnostics.hinting import diagnostic_class_hint
from rusta_cargo import Priors, learnt
from rusta_conductor.errors import ToolError
from rusta_conductor.home import Home
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.base import Closed


class About(Closed):
    """Who made a candidate, and the words of the error that it answers."""

    proposer: str
    message: str


class MessageHintArgs(Closed):
    """The candidates of a repair."""

    about: Annotated[tuple[About, ...], Field(max_length=512)]


class MessageHints(Closed):
    """scores: of the candidates, natural logarithms. classes: the likeliest class of every message."""

    scores: tuple[float, ...]
    classes: dict[str, str]


def message_hint(args: MessageHintArgs, context: ToolContext) -> ToolResult:
    """Score candidates by the class that the words of their message hint at."""
    if not any(entry.message for entry in args.about):
        raise ToolError("no hint: no candidate answers one message alone")
    hints: dict[str, dict[str, float]] = {}
    for entry in args.about:
        if entry.message not in hints:
            hints[entry.message] = diagnostic_class_hint(entry.message, Home(context.home)) if entry.message else {}
    if not any(hints.values()):
        raise ToolError("no hint: nothing was trained; 'rusta akida hints train' does it")
    counts = learnt()
    scores = tuple(score(counts, entry.proposer, hints[entry.message]) for entry in args.about)
    classes = {message: next(iter(shares)) for message, shares in hints.items() if shares}
    return ToolResult(f"{len(scores)} candidates scored", MessageHints(scores=scores, classes=classes))


def score(counts: Priors, proposer: str, shares: dict[str, float]) -> float:
    """The logarithm of the share of a proposer's candidates that are right, in the mean over classes."""
    rows = [pair for (_, _, kind), pair in counts.counts.items() if not kind]
    mean = (sum(right for right, _ in rows) + 1) / (sum(tried for _, tried in rows) + 2)
    strength = counts.strength

    def right(category: str) -> float:
        found = counts.counts.get((proposer, category, ""), (0, 0))
        return (found[0] + strength * mean) / (found[1] + strength)

    return math.log(sum(share * right(category) for category, share in shares.items()) if shares else mean)
