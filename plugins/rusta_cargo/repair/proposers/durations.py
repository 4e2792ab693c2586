"""A number where a ``Duration`` is asked for: E0308.

The unit is taken from the name of the value or of the parameter, from what the crate writes at other places, or else
guessed, and then said to be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import Spot, call, cast, smallest, suffix
from rusta_cargo.repair.code.items import Use
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.proposer import GUESS

_UNITS = {
    "from_secs": r"s|secs?|seconds?", "from_millis": r"ms|millis|milliseconds?", "from_micros": r"us|micros|microseconds?",
    "from_nanos": r"ns|nanos|nanoseconds?", "from_mins": r"mins|minutes?",
}  # fmt: skip
_NAMED, _USUAL, _FOUND, _OTHER = 0.9, 0.8, 0.55, 0.4


def _made(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if told is None or types.head(told.expected) != "Duration":
        return
    spot = smallest(case.situation, case.index, case.path, case.place.start, case.place.end)
    if spot is None:
        return
    given = told.found
    if given in (*types.FLOATS, "{float}"):
        yield Answer("make it a duration in seconds", spot.wrapped(call(f"{_path(case)}::from_secs_f64")), _USUAL)
    elif given in (*types.INTEGERS, "{integer}"):
        yield from _whole(case, spot, given)


def _whole(case: Case, spot: Spot, given: str) -> Iterator[Answer]:
    named = next(
        (unit for unit, words in _UNITS.items() if re.search(rf"(?:^|_)(?:{words})$", spot.text.lower())), None
    )
    counts = dict.fromkeys(_UNITS, 0)
    for path in case.index.files:
        for unit in re.findall(rb"Duration::(from_\w+)\(", case.situation.source(path)):
            if unit.decode() in counts:
                counts[unit.decode()] += 1
    usual = max(counts, key=lambda unit: counts[unit])
    order = [unit for unit in (named, usual if counts[usual] else None, "from_millis", "from_secs") if unit is not None]
    value = spot.text
    if given in ("u8", "u16", "u32"):
        value = suffix(".into()").put(value, spot.strength)
    elif given not in ("{integer}", "u64"):
        value = cast("u64").put(value, spot.strength)
    for unit in dict.fromkeys(order):
        known = unit == named or (unit == usual and counts[unit] and not named)
        prior = _NAMED if unit == named else _USUAL if known else _FOUND if unit == "from_millis" else _OTHER
        text = f"{_path(case)}::{unit}({value})"
        yield Answer(f"make it `{text}`", spot.rewritten(text), prior, () if known else (GUESS,))


def _path(case: Case) -> str:
    """How this file writes the type."""
    for use in case.index.of_kind(Use, case.path):
        for leaf in use.leaves:
            if leaf.path[-1:] == ("Duration",):
                return leaf.name
    return "std::time::Duration"


propose = answering({"E0308": (_made,)})
