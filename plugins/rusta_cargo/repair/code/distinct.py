"""Drops candidates that would give a tree another one gave already, and those that would change nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_cargo.repair.tree import BadReplacement, replace_in
from rusta_schemas.diagnostic import Replacement

_Propose = Callable[[Situation], Iterator[Candidate]]


def distinct(propose: _Propose) -> _Propose:
    """``propose`` without repeats: the first candidate for each outcome stays. Spans that do not fit are dropped."""

    @functools.wraps(propose)
    def asked(situation: Situation) -> Iterator[Candidate]:
        seen: set[tuple[tuple[str, int], ...]] = set()
        for candidate in propose(situation):
            outcome = _outcome(situation, candidate)
            if outcome and outcome not in seen:
                seen.add(outcome)
                yield candidate

    return asked


def _outcome(situation: Situation, candidate: Candidate) -> tuple[tuple[str, int], ...]:
    groups: dict[str, list[Replacement]] = {}
    for part in candidate.replacements:
        groups.setdefault(part.path, []).append(part)
    found: list[tuple[str, int]] = []
    for path, parts in sorted(groups.items()):
        try:
            before = situation.source(path)
            after = replace_in(before, parts)
        except (BadReplacement, LookupError):
            return ()
        if after != before:
            found.append((path, hash(after)))
    return tuple(found)
