"""Methods of traits that no import brings any more, where the compiler does not know the crate either: E0599.

The compiler suggests traits of crates that the program mentions. Where the lost import was the only mention, as with
``use rayon::prelude::*``, it offers a method that merely looks alike. The sources of the dependencies tell. Crates that
are still mentioned are the compiler's business: it knows which of their traits the value has. Where it suggests a trait of a
crate that nothing else mentions, the crate's prelude is imported if it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.at_hand import dependencies, seen, unmentioned
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.importing import Missing, beginning, placed, suggested, uses_near
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.proposer import Candidate, Situation

_METHOD = re.compile(r"^no (?:method|function or associated item|associated function) named `(\w+)` found")
# Another trait has a method of this name too.
_ALONE, _RIVAL = 0.96, 0.5
_MOST = 4


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Import the trait."""
    asked: dict[str, dict[str, list[int]]] = {}
    for number, error in enumerate(situation.diagnostics):
        told = _METHOD.match(error.message) if error.code == "E0599" else None
        if told is not None and error.primary is not None and error.primary.macro is None:
            asked.setdefault(error.primary.path, {}).setdefault(told[1], []).append(number)
    offered: dict[int, str] = {}
    for missing in suggested(situation) if asked else ():
        offered.update(dict.fromkeys(missing.errors, missing.module.partition("::")[0]))
    for path, names in asked.items():
        if dependencies(situation, path):
            yield from _imports(situation, path, names, offered)


def _imports(
    situation: Situation, path: str, names: dict[str, list[int]], offered: dict[int, str]
) -> Iterator[Candidate]:
    index = ItemIndex.of(situation)
    ways: dict[tuple[str, str], list[int]] = {}
    rivals: dict[str, int] = {}
    for sighting in seen(situation, path, names, unmentioned(situation, path, index.files)):
        crate = sighting.paths[0].partition("::")[0]
        known = {offered[number] for number in names[sighting.name] if number in offered}
        if sighting.owner and (not known or (known == {crate} and sighting.paths[0].endswith("*"))):
            rivals[sighting.name] = rivals.get(sighting.name, 0) + 1
            module, _, name = sighting.paths[0].rpartition("::")
            ways.setdefault((module, name), []).extend(names[sighting.name])
    alone = max(rivals.values(), default=0) == 1
    for (module, name), numbers in sorted(ways.items(), key=lambda way: -len(set(way[1])))[:_MOST]:
        errors = sorted(set(numbers))
        place = situation.diagnostics[errors[0]].primary
        assert place is not None
        missing = Missing(path, module, name, beginning(index, path, place.start), errors=errors)
        prior = _ALONE if alone else _ALONE * _RIVAL
        uses = uses_near(index, missing)
        part, _ = max(placed(situation, uses, path, module, [name], missing.place), key=lambda made: made[1])
        yield Candidate(
            f"import `{module}::{name}`", (part,), prior, diagnostic=errors[0] if len(errors) == 1 else None,
            cites=("E0599",),
        )  # fmt: skip
