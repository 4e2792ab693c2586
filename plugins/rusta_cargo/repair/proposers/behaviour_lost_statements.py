"""Failing tests: a statement that was lost: what is cleared, taken off, moved on or brought up to date.

Answers no error: it works where the tree compiles and tests fail. What is put is small, typed and made of what is visible
at the place; likeliest are values that nothing reads and names that are compared with each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code.inserting import places, sets_again
from rusta_cargo.repair.code.lost_updates import Updates
from rusta_cargo.repair.code.mutating import Change, Scene, ranked, short
from rusta_cargo.repair.proposer import Candidate, Situation

_EMPTY = 2.0  # a block in which nothing is done has lost what was

SHARE = 0.01  # beside what is written wrongly, as that was counted where tests judge


def propose(situation: Situation) -> Iterator[Candidate]:
    """Statements for the places of the suspects."""
    return ranked(situation, _changes, SHARE)


def _changes(scene: Scene) -> Iterator[Change]:
    if scene.function is None or scene.body is None:
        return
    updates, here = Updates(scene), list(places(scene))
    spread = 1 / (1 + 0.1 * len(here))
    for place in here:
        beside = " ".join(scene.text(place.block).split())
        empty = not any(child.is_named for child in place.block.children)
        seen: set[str] = set()
        for statement, weight in updates.at(scene.types.visible(place.at)):
            if statement in beside or statement in seen or sets_again(scene, place, statement):
                continue
            seen.add(statement)
            likely = min(0.6, weight * spread * (_EMPTY if empty else 1.0))
            yield Change("missing", f"`{short(statement)}`", place.put(statement), likely, place.at)
