"""Methods that a dependency calls otherwise, as after an upgrade: E0599 where the file imports from the crate.

``put_u16_be`` became ``put_u16``. The compiler suggests the one name that is most alike; the crate's sources know more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.at_hand import at_hand, dependencies
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import ItemIndex, Use
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Candidate, Situation

_METHOD = re.compile(
    r"^no (?:method|function or associated item|associated function) named `(\w+)` found for \w+ `([^`]+)`"
)
_SURE, _NEXT = 0.8, 0.8


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Call it by its name in the crate."""
    index: ItemIndex | None = None
    for number, error in enumerate(situation.diagnostics):
        told = _METHOD.match(error.message) if error.code == "E0599" else None
        place = error.primary
        if told is None or place is None or place.macro is not None:
            continue
        index = index or ItemIndex.of(situation)
        crates = _crates(situation, index, place.path, told[2])
        if not crates or situation.text(place.path, place.start, place.end) != told[1]:
            continue
        names = at_hand(situation, crates, near=[told[1]]).near.get(told[1], ())
        for rank, name in enumerate(names):
            yield Candidate(
                f"call `{name}`", (edits.replace(place.path, place.start, place.end, name),),
                _SURE * _NEXT**rank * likeness(told[1], name), diagnostic=number, cites=("E0599",),
            )  # fmt: skip


def _crates(situation: Situation, index: ItemIndex, path: str, kind: str) -> list[str]:
    """The dependencies that the type is of: named in its path, or imported here by its name."""
    known = dependencies(situation, path)
    if index.type_named(kind) is not None or not known:
        return []
    words = set(re.findall(r"\w+", kind))
    imported = {
        leaf.path[0]: leaf.name in words for use in index.of_kind(Use, path) for leaf in use.leaves if leaf.path
    }
    heads = {head for head, named in imported.items() if named} | words
    # A type may have another name inside of its crate.
    return [real for name, real in known.items() if name in (heads if heads & known.keys() else imported)]
