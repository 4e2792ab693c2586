"""Type parameters that are converted and have lost the bound for it: E0277 "`X: From<T>` is not satisfied".

The compiler would write ``where X: From<T>``; people ask it of the parameter: ``T: Into<X>``.
A conversion that there is only as ``try_into`` is written so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.bounding import required
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import Item, ItemIndex
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_UNTOLD = re.compile(r"the trait bound `(.+): (Try)?From<(\w+)>` is not satisfied")
_CONVERTED = re.compile(r"the trait bound `(.+): From<(.+)>` is not satisfied")
_PRIOR = 0.7


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``T: Into<X>``."""
    yield from gathered(situation, _READERS)


def _into(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    told, place = _UNTOLD.search(diagnostic.message), diagnostic.primary
    item: Item | None = None if place is None else index.at(place.path, place.start)
    while told is not None and item is not None:
        if any(generic.name == told[3] and generic.kind == "type" for generic in item.generics):
            bound = f"{told[2] or ''}Into<{_spelled(index, told[1])}>"
            added = required(situation, item, told[3], bound)
            if added is not None:
                yield f"require `{bound}` of `{told[3]}`", (added,), _PRIOR
            return
        item = item.parent


def _fallible(situation: Situation, _index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``slice.into()`` for an array, ``n.into()`` for a narrower number: it may fail, so it is ``try_into``."""
    told, place = _CONVERTED.search(diagnostic.message), diagnostic.primary
    if told is None or place is None or situation.text(place.path, place.start, place.end) != "into":
        return
    goal, given = told[1], types.strip_references(told[2])
    narrower = goal in types.INTEGERS and given in types.INTEGERS
    sized = goal.startswith("[") and ";" in goal and (given.startswith("[") or types.head(given) == "Vec")
    source = situation.source(place.path)
    if (narrower or sized) and source[place.end : place.end + 2] == b"()":
        change = edits.replace(place.path, place.start, place.end + 2, "try_into().unwrap()")
        yield "convert what may not fit", (change,), _PRIOR


def _spelled(index: ItemIndex, kind: str) -> str:
    """The type without the path in front of it, when the tree has it."""
    return types.short(kind) if index.type_named(kind) is not None else kind


_READERS: dict[str, tuple[Reader, ...]] = {"E0277": (_into, _fallible)}
