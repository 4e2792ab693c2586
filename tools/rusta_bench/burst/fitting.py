"""What the cost model of propagation assumes, measured here and written to where the engine reads it.

Every coefficient is the best of several rounds of the case in which it is nearly all there is to do; only `merged_target`,
which never comes alone, moves as `target` does.
"""

from __future__ import annotations

import os
import platform
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rusta_burst.engine.cost import Costs, read_costs, write_costs
from rusta_burst.engine.propagation import SynapticPropagationEngine

Ids = NDArray[np.uint32]


def machine() -> str:
    """The processor and how many of it there are."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} CPUs"


def _engine(neurons: int, degree: int) -> SynapticPropagationEngine:
    rng = np.random.default_rng(1)
    target = rng.integers(0, neurons, (neurons, degree), dtype=np.uint32)
    target.sort(axis=1)
    source = np.repeat(np.arange(neurons, dtype=np.uint32), degree)
    weight = rng.integers(0, 256, source.size, dtype=np.uint8)
    made = SynapticPropagationEngine()
    psp, kind = np.full(source.size, 255, np.uint8), np.zeros(source.size, np.uint8)
    made.build_index(source, target.reshape(-1), weight, psp, kind, neurons=neurons, keep_order=False)
    return made


def _best(
    engine: SynapticPropagationEngine, sets: list[Ids], strategy: str, rounds: int, narrow: bool = False
) -> float:
    """Nanoseconds of a burst."""
    out = np.zeros(engine.table.targets, np.int32)
    times = []
    for number in range(rounds + 2):
        began = time.perf_counter_ns()
        engine.propagate_into(sets[number % len(sets)], out, strategy=strategy, narrow=narrow)
        times.append(time.perf_counter_ns() - began)
    return float(min(times[2:]))


def measured(neurons: int, rounds: int, old: Costs) -> Costs:
    """The coefficients of this machine; ``neurons``: of the large network, which must not fit into a cache.

    Raises:
        ValueError: the native part is not there, or has one thread only.
    """
    nobody = [np.empty(0, np.uint32)]
    near, far, thin = _engine(neurons // 10, 100), _engine(neurons, 100), _engine(neurons, 1)
    if not far.uses_native or far.threads < 2:
        raise ValueError(
            "costs are those of the native part on two threads: build it, and run this where there are two"
        )

    def per(spent: float, number: int, least: float = 0.01) -> float:
        return round(max(spent / number, least), 3)

    def events(engine: SynapticPropagationEngine, narrow: bool) -> float:
        rng, count = np.random.default_rng(2), engine.table.sources // 100
        sets = [np.sort(rng.choice(engine.table.sources, count, replace=False)).astype(np.uint32) for _ in range(8)]
        none = _best(engine, nobody, "push", rounds, narrow)
        spent = _best(engine, sets, "push", rounds, narrow) - none
        return per(spent - count * old.row, count * 100)

    n = far.table.targets
    idle = _best(far, nobody, "push", rounds)
    everybody = [np.arange(n, dtype=np.uint32)]
    mixed = [np.random.default_rng(3).permutation(n).astype(np.uint32)]
    event = events(far, False)
    inside = _best(thin, everybody, "push", rounds) - idle
    outside = _best(thin, mixed, "push", rounds) - idle
    pair = [np.arange(2, dtype=np.uint32)]
    woken = _best(near, pair, "destination split", rounds * 4) - _best(near, pair, "push", rounds * 4)
    half = near.table.targets * (idle / n) / 2
    return replace(
        old,
        target=per(idle, n),
        event=event,
        event_cached=events(near, False),
        event_narrow=events(far, True) if far.shape.has_narrow else old.event_narrow,
        widened_target=per(_best(far, nobody, "push", rounds, True), n) if far.shape.has_narrow else old.widened_target,
        marked_source=per(_best(far, nobody, "dense", rounds) - idle / 2, n),
        row=per(inside - n * event, n, 0.5),
        scattered_row=per(outside - inside, n),
        merged_target=old.merged_target * per(idle, n) / old.target,
        wake=round(max(woken + half, 1_000.0)),
    )


def fit(quick: bool) -> str:
    """Measure, write, and say what changed."""
    old = read_costs()
    new = measured(200_000 if quick else 1_000_000, 5 if quick else 25, old)
    where = write_costs(new, machine())
    lines = [f"{name:16} {getattr(old, name):10.3f} -> {value:10.3f} ns" for name, value in vars(new).items()]
    return "\n".join([*lines, f"{where}: {machine()}"])
