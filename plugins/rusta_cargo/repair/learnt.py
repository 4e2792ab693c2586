"""What was learnt from earlier repairs: how often candidates of a kind are right.

``data/priors.toml`` holds counts (``python3 xtask.py train:priors`` makes it). A candidate's prior becomes the mean of a
Beta posterior whose pseudo-counts are its proposer's own estimate,

    p = (right + strength · own) / (tried + strength),

so that a kind seen often speaks for itself. For one never seen, what the proposer's other kinds came to counts no more
than the proposer's own word (at most ``strength`` trials). ``RUSTA_PRIORS=0`` switches what was learnt off.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rusta_cargo.repair.kinds import kind_of

# proposer, error code or class of errors or "", kind of candidate or ""
Key = tuple[str, str, str]
SWITCH = "RUSTA_PRIORS"
LEAST = 1e-4


@dataclass(frozen=True)
class Priors:
    """Counts of (right, tried), and how many pseudo-counts a proposer's own word is worth."""

    strength: float
    counts: Mapping[Key, tuple[int, int]]

    def of(self, proposer: str, code: str | None, category: str, title: str, own: float) -> float:
        """The prior of a candidate; the most specific row that there is decides, without one ``own`` stays."""
        for key in keys_of(proposer, code, category, kind_of(title)):
            if key in self.counts:
                right, tried = self.counts[key]
                share = 1.0 if key[2] else min(1.0, self.strength / max(1, tried))
                return min(1.0, max(LEAST, (share * right + self.strength * own) / (share * tried + self.strength)))
        return own


def keys_of(proposer: str, code: str | None, category: str, kind: str) -> Iterator[Key]:
    """The rows that tell of a candidate, the most specific first."""
    if code:
        yield (proposer, code, kind)
    yield (proposer, category, kind)
    yield (proposer, "", kind)
    yield (proposer, category, "")


NOTHING = Priors(1.0, {})


def learnt() -> Priors:
    """What the product ships; nothing when it is switched off."""
    return NOTHING if os.environ.get(SWITCH) == "0" else _shipped()


@cache
def _shipped() -> Priors:
    place = resources.files("rusta_cargo") / "repair" / "data" / "priors.toml"
    if not place.is_file():
        return NOTHING
    data = tomllib.loads(place.read_text("utf-8"))
    rows = data.get("prior", ())
    return Priors(
        float(data["strength"]),
        {(row["proposer"], row["of"], row["kind"]): (int(row["right"]), int(row["tried"])) for row in rows},
    )
