"""12,000 neurons, 13,000 synapses, everybody fires: the seed's case."""

from __future__ import annotations

import time
from statistics import median

import numpy as np
from common import answer, settings
from scipy import sparse

from rusta_burst.engine.propagation import SynapticPropagationEngine

NEURONS, SYNAPSES = 12_000, 13_000


def main() -> None:
    rounds = int(settings().get("rounds", 60))
    rng = np.random.default_rng(1)
    source, target = (rng.integers(0, NEURONS, SYNAPSES).astype(np.uint32) for _ in range(2))
    weight = rng.integers(0, 256, SYNAPSES).astype(np.uint8)
    psp = np.full(SYNAPSES, 255, np.uint8)
    kind = (source % 5 == 0).astype(np.uint8)
    engine = SynapticPropagationEngine()
    engine.build_index(source, target, weight, psp, kind, neurons=NEURONS)
    engine.set_neuron_mapping({k: k // 1000 for k in range(NEURONS)})
    value = weight.astype(np.int32) * 255 * np.where(kind == 0, 1, -1).astype(np.int32)
    transposed = sparse.csr_matrix((value, (target, source)), shape=(NEURONS, NEURONS), dtype=np.int32)
    state = np.ones(NEURONS, np.int32)
    fired = np.arange(NEURONS, dtype=np.uint32)
    out = np.empty(NEURONS, np.int32)
    assert (engine.sums(fired) == transposed @ state).all()
    some = fired[::10].copy()
    targets, contributions = engine.events(fired)
    areas = targets // 1000
    order = np.argsort(areas, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(areas[order])) + 1)
    lists = [(int(areas[p[0]]), targets[p].tolist(), (contributions[p] / 65025).tolist()) for p in parts]

    def bare() -> object:
        """Nothing but the objects that the answer is made of, from lists that are there already."""
        made = {}
        for area, ids, values in lists:
            made[area] = [(a, b) for a, b in zip(ids, values, strict=True)]
        return made

    from_arrays = [(int(areas[p[0]]), targets[p], contributions[p] / 65025) for p in parts]

    def bare_arrays() -> object:
        """The same from arrays."""
        return {area: list(zip(ids.tolist(), values.tolist(), strict=True)) for area, ids, values in from_arrays}

    contestants = {
        "ours": (lambda: engine.propagate_into(fired, out), 20),
        "ours, push": (lambda: engine.propagate_into(fired, out, strategy="push"), 20),
        "ours, a tenth": (lambda: engine.propagate_into(some, out), 20),
        "scipy": (lambda: transposed @ state, 20),
        "ours, dict": (lambda: engine.propagate(fired), 1),
        "bare dict": (bare, 1),
        "bare dict from arrays": (bare_arrays, 1),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, (work, number) in contestants.items():
            began = time.perf_counter()
            for _ in range(number):
                work()  # type: ignore[no-untyped-call]
            times[name].append((time.perf_counter() - began) / number * 1e6)
    figures: dict[str, object] = {name: median(values) for name, values in times.items()}
    figures |= {f"{name} best": min(values) for name, values in times.items()}
    answer(figures | {"reason": engine.choice(NEURONS).reason})


main()
