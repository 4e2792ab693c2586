"""One step for several errors: the likeliest candidate of each, made at once.

A project with many independent mistakes would need a check for each of them; where the candidates are likely and do not
touch each other, one check tells whether all of them hold. What was not needed is dropped when the patch is shrunk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rusta_cargo.repair.proposer import Candidate
from rusta_schemas.diagnostic import Replacement

NAME = "together"
FEWEST = 3
LIKELY = 0.5


def together(candidates: Sequence[Candidate], errors: int) -> Candidate | None:
    """The likeliest candidates of different errors as one, or None when fewer than three go together.

    Args:
        errors: how many there are. The prior is a hair above the likeliest part's: a tree with all of them is no
            farther from compiling than one with that part alone, so it is checked first.
    """
    best: dict[int, Candidate] = {}
    for candidate in candidates:
        index = candidate.diagnostic
        if index is None or candidate.stub or candidate.deletes or candidate.prior < LIKELY:
            continue
        if index not in best or candidate.prior > best[index].prior:
            best[index] = candidate
    chosen: list[Candidate] = []
    taken: list[Replacement] = []
    for _, candidate in sorted(best.items()):
        fresh = [part for part in candidate.replacements if part not in taken]
        if fresh and not _touching(fresh, taken):
            chosen.append(candidate)
            taken += fresh
    if errors < FEWEST or len(chosen) < FEWEST:
        return None
    return Candidate(
        title=f"{len(chosen)} changes at once: {'; '.join(candidate.title for candidate in chosen)}",
        replacements=tuple(taken),
        prior=min(1.0, math.nextafter(max(candidate.prior for candidate in chosen), 2.0)),
        proposer=NAME,
        risk=tuple(dict.fromkeys(note for candidate in chosen for note in candidate.risk)),
        cites=tuple(dict.fromkeys(key for candidate in chosen for key in candidate.cites)),
    )


def _touching(fresh: Iterable[Replacement], taken: Iterable[Replacement]) -> bool:
    return any(new.path == old.path and new.start <= old.end and old.start <= new.end for new in fresh for old in taken)
