"""Leaving out candidates that would give a tree another one gives already."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator

from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_cargo.repair.tree import BASE, BadReplacement

Propose = Callable[[Situation], Iterable[Candidate]]


def distinct(propose: Propose) -> Callable[[Situation], Iterator[Candidate]]:
    """A proposer like ``propose`` that offers every tree once, and nothing that changes nothing or does not fit."""

    @functools.wraps(propose)
    def once(situation: Situation) -> Iterator[Candidate]:
        seen = {BASE.identity}
        for candidate in propose(situation):
            try:
                identity = BASE.replace(candidate.replacements, situation.source).identity
            except (BadReplacement, SourceUnavailable):
                continue
            if identity not in seen:
                seen.add(identity)
                yield candidate

    return once
