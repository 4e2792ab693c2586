"""Values of a type parameter that are copied where the parameter is not known to be ``Copy``: E0507, E0508, E0382, E0505.

The compiler tells where the value moves and that ``T`` does not implement ``Copy``; the bound is missing where ``T`` is
declared. The more places copy, the likelier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.bounding import bounded
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import all_spans
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_MOVED = re.compile(r"has type `(?:\[?)(\w+)(?:[;\]][^`]*)?`, which does not implement the `Copy` trait")
_COPY = 0.55


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``T: Copy``."""
    yield from gathered(situation, _READERS, confirmed=0.3)


def _copied(_situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    place = diagnostic.primary
    told = (_MOVED.search(span.label or "") for span in all_spans(diagnostic))
    found = next((match for match in told if match), None)
    item = None if place is None or found is None else index.at(place.path, place.start)
    while item is not None and found is not None:
        if any(generic.name == found[1] and generic.kind == "type" for generic in item.generics):
            change = bounded(item, found[1], "Copy")
            if change is not None:
                yield f"require `Copy` of `{found[1]}`", (change,), _COPY
            return
        item = item.parent


_READERS: dict[str, tuple[Reader, ...]] = dict.fromkeys(("E0507", "E0508", "E0382", "E0505", "E0509"), (_copied,))
