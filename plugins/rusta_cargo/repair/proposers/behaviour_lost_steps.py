"""Failing tests: a step of a chain, a clause of a condition, a term of a sum or a bound that was lost.

Answers no error: it works where the tree compiles and tests fail. What is put is small, typed and made of what is
visible: the fields and methods of the type at hand, the names of the function, never a value that only a test speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import lost_chains, lost_clauses, lost_terms
from rusta_cargo.repair.code.mutating import Change, Scene, ranked
from rusta_cargo.repair.proposer import Candidate, Situation

SHARE = 0.012  # beside what is written wrongly, as that was counted where tests judge


def propose(situation: Situation) -> Iterator[Candidate]:
    """Lost steps, clauses and terms of the suspects."""
    return ranked(situation, _changes, SHARE)


def _changes(scene: Scene) -> Iterator[Change]:
    if scene.body is None or scene.function is None:
        return
    yield from lost_chains.changes(scene)
    yield from lost_clauses.changes(scene)
    yield from lost_terms.changes(scene)
