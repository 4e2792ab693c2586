"""Failing tests: a part of an expression that was lost, or two parts that were exchanged, by what stands beside them.

Answers no error: it works where the tree compiles and tests fail. A sibling field, the rest of an expression that other
lines have whole, the bound that a guard compares with, a local that fits where a bare number stands (code/lost_parts.py);
what the differing values ask for (code/asked_parts.py); what was gathered and never handed on (code/lost_ends.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import asked_parts, lost_ends, lost_parts
from rusta_cargo.repair.code.mutating import Change, Scene, ranked
from rusta_cargo.repair.proposer import Candidate, Situation

SHARE = 0.03  # beside what is written wrongly, as its neighbours


def propose(situation: Situation) -> Iterator[Candidate]:
    """Lost and exchanged parts of the suspects' expressions."""
    return ranked(situation, _changes, SHARE)


def _changes(scene: Scene) -> Iterator[Change]:
    if scene.body is not None and scene.function is not None:
        yield from lost_parts.changes(scene)
        yield from asked_parts.changes(scene)
        yield from lost_ends.changes(scene)
