"""Random joins: each pair with a probability, or a fixed number of partners for every neuron.

All of them give (source, target) as positions in the two lists of neurons that are to be joined; the pairs are sorted by
source, those of a fixed in-degree by target.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_burst.errors import InvalidInput
from rusta_burst.growth.draws import Draws

I8 = npt.NDArray[np.int64]
Pairs = tuple[I8, I8]

_TABLE = 1 << 14
_BATCH = 1 << 20


def with_probability(sources: int, targets: int, p: float, draws: Draws) -> Pairs:
    """Every pair, independently, with probability ``p``. The time grows with the pairs that are made.

    The gaps between hits are geometric. They are looked up in a table of its distribution, cut at a length after which
    one simply goes on (the distribution has no memory), so no logarithm is needed that machines might round differently.

    Raises:
        InvalidInput: ``p`` is no probability.
    """
    if not 0.0 <= p <= 1.0:
        raise InvalidInput(f"probability is {p!r}; expected a number from 0 to 1")
    pairs = sources * targets
    if p == 0.0 or pairs == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if p == 1.0:
        hits = np.arange(pairs)
        return hits // targets, hits % targets
    hits = _hits(pairs, p, draws)
    return hits // targets, hits % targets


def _hits(pairs: int, p: float, draws: Draws) -> I8:
    survive = np.cumprod(np.full(_TABLE, 1.0 - p))  # survive[k]: no hit in the first k + 1 places
    reached = 1.0 - survive
    found: list[I8] = []
    at = 0
    while at < pairs:
        count = int(min(_BATCH, max(64, (pairs - at) * p * 1.1 + 64)))
        gap = np.searchsorted(reached, draws.uniform(count), side="right")  # places passed before the hit
        hit = gap < _TABLE
        ends = at + np.cumsum(gap + hit)
        place = ends - 1
        found.append(place[hit & (place < pairs)])
        at = int(ends[-1])
    return np.concatenate(found)


def without_self(rows: I8, chosen: I8) -> I8:
    """Choices among all but the own one, as choices among all: those from the row's own number on move up by one."""
    return chosen + (chosen >= rows)


def fixed_out_degree(
    sources: int, targets: int, degree: int, draws: Draws, *, repeats: bool = False, self_joins: bool = True
) -> Pairs:
    """Every source joined to ``degree`` targets, different ones unless ``repeats``.

    ``self_joins=False``: both lists are the same neurons, and none is joined to itself.

    Raises:
        InvalidInput: there are not that many targets.
    """
    limit = targets if self_joins else max(0, targets - 1)
    rows, chosen = np.repeat(np.arange(sources), degree), _choose(sources, limit, degree, draws, repeats, "out-degree")
    return rows, chosen if self_joins else without_self(rows, chosen)


def fixed_in_degree(
    sources: int, targets: int, degree: int, draws: Draws, *, repeats: bool = False, self_joins: bool = True
) -> Pairs:
    """Every target joined to ``degree`` sources, different ones unless ``repeats``.

    ``self_joins=False``: both lists are the same neurons, and none is joined to itself.

    Raises:
        InvalidInput: there are not that many sources.
    """
    limit = sources if self_joins else max(0, sources - 1)
    rows, chosen = np.repeat(np.arange(targets), degree), _choose(targets, limit, degree, draws, repeats, "in-degree")
    return chosen if self_joins else without_self(rows, chosen), rows


def _choose(rows: int, limit: int, degree: int, draws: Draws, repeats: bool, what: str) -> I8:
    if isinstance(degree, bool) or not isinstance(degree, int | np.integer) or degree < 0:
        raise InvalidInput(f"{what} is {degree!r}; expected a whole number from 0 on")
    if degree == 0 or rows == 0:
        return np.empty(0, np.int64)
    if limit == 0 or (not repeats and degree > limit):
        raise InvalidInput(f"{what} is {degree}, but there are only {limit} neurons to choose from")
    if repeats:
        return draws.below(rows * degree, limit)
    if 3 * degree > limit:
        return _shuffled(rows, limit, degree, draws)
    return _redrawn(rows, limit, degree, draws)


def _shuffled(rows: int, limit: int, degree: int, draws: Draws) -> I8:
    step = max(1, _BATCH // limit)
    parts = []
    for start in range(0, rows, step):
        count = min(step, rows - start)
        keys = draws.uniform(count * limit).reshape(count, limit)
        parts.append(np.argsort(keys, axis=1, kind="stable")[:, :degree].ravel())
    return np.concatenate(parts)


def _redrawn(rows: int, limit: int, degree: int, draws: Draws) -> I8:
    """Draw, and draw anew what a row has already."""
    chosen = draws.below(rows * degree, limit).reshape(rows, degree)
    open_rows = np.arange(rows)
    while len(open_rows):
        part = chosen[open_rows]
        order = np.argsort(part, axis=1, kind="stable")
        ordered = np.take_along_axis(part, order, axis=1)
        again = np.zeros(part.shape, bool)
        np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
        part[again] = draws.below(int(again.sum()), limit)
        chosen[open_rows] = part
        open_rows = open_rows[again.any(axis=1)]
    return chosen.ravel()
