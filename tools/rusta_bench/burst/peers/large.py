"""A large network: propagation of rotating sets against numpy, scipy, numba and a pure scatter loop."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from common import answer, contest, regular, settings
from limits import limits
from numpy.typing import NDArray
from scipy import sparse

from rusta_burst.engine.cost import COMPLEMENT
from rusta_burst.engine.propagation import STRATEGIES, SynapticPropagationEngine


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def by_rows(pointers: Any, targets: Any, values: Any, fired: Any, out: Any) -> None:
    out[:] = 0
    for k in range(fired.size):
        row = fired[k]
        for at in range(pointers[row], pointers[row + 1]):
            out[targets[at]] += values[at]


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def scatter(words: Any, out: Any) -> None:
    """The limit: nothing but the additions, their targets in a row."""
    for k in range(words.size):
        word = words[k]
        out[word >> 8] += (word & 255) * 255


def main() -> None:
    asked = settings()
    neurons, degree, fired = int(asked["neurons"]), int(asked["degree"]), int(asked["fired"])
    rounds = int(asked["rounds"])
    edges = regular(neurons, degree)
    engine = SynapticPropagationEngine()
    single = SynapticPropagationEngine(threads=1)
    columns = (edges["source"], edges["target"], edges["weight"], edges["psp"], edges["type"])
    engine.build_index(*columns, neurons=neurons, keep_order=False)
    single.build_index(*columns, neurons=neurons, keep_order=False)
    values = edges["weight"].astype(np.int32) * 255
    values *= np.where(edges["type"] == 0, 1, -1).astype(np.int32)
    pointers = np.arange(neurons + 1, dtype=np.int64) * degree
    targets = edges["target"].astype(np.int32)
    edges.clear()
    matrix = sparse.csr_matrix((values, targets, pointers.astype(np.int32)), shape=(neurons, neurons), copy=False)
    rng = np.random.default_rng(2)
    sets = [np.sort(rng.choice(neurons, fired, replace=False)).astype(np.uint32) for _ in range(16)]
    streams: list[NDArray[np.uint32]] = []
    if asked.get("limit"):
        streams = [engine.table.words[engine.table.positions_of(ids)] for ids in sets[:4]]
    out = np.zeros(neurons, np.int32)
    theirs = np.zeros(neurons, np.int32)

    def turn(number: int) -> NDArray[np.uint32]:
        return sets[number % len(sets)]

    by_rows(pointers, targets, values, sets[0], theirs)
    engine.propagate_into(sets[0], out)
    assert (out == theirs).all()
    choice = engine.choice(fired)
    plain = min((cost, STRATEGIES[k]) for k, cost in choice.estimates if k != COMPLEMENT)[1]
    contestants: dict[str, Any] = {
        "ours": lambda k: engine.propagate_into(turn(k), out),
        "ours, added up": lambda k: engine.propagate_into(turn(k), out, strategy=plain),
        "ours, one thread": lambda k: single.propagate_into(turn(k), out),
        "ours, push": lambda k: single.propagate_into(turn(k), out, strategy="push"),
    }
    if asked.get("peers", True):
        contestants["scipy"] = lambda k: matrix[turn(k)].sum(axis=0)
        contestants["numba"] = lambda k: by_rows(pointers, targets, values, turn(k), theirs)
    if streams:
        contestants["limit"] = lambda k: scatter(streams[k % len(streams)], theirs)
    figures: dict[str, Any] = dict(contest(contestants, rounds))
    figures["events"] = fired * degree
    figures["bytes a synapse"] = engine.nbytes / (neurons * degree)
    figures["index bytes a synapse"] = engine.table.nbytes / (neurons * degree)
    figures |= {"reason": choice.reason, "plain": plain}
    figures["bound"] = limits(engine.table.words[engine.table.positions_of(sets[0])], neurons)["told"]
    answer(figures)


main()
