"""States of reservoirs against reservoirpy: CPU seconds of one thread, in interleaved rounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from rusta_akida import EchoStateNetwork, fit_readout
from rusta_bench.peers import Worker, environment
from rusta_bench.table import Job, Row

PEER = "reservoirpy 0.4.2"
STEPS = 10_000
SEQUENCES = 50
FLOORS = {128: (8.0, 15.0), 500: (2.0, 5.0), 2000: (1.2, 2.5)}
BATCH_FLOOR = (10.0, 20.0)
# What is timed: the same kind of matrix in the peer's width, and the fastest that gives the same quality.
VARIANTS = (("random", "float64"), ("random", "float32"), ("grouped", "float32"))


def jobs(quick: bool) -> list[Job]:
    """States of one sequence and of fifty, for every size, and the ridge regression."""
    found: list[Job] = []
    for size in FLOORS:
        found.append((f"states, N={size}", partial(_with_peer, partial(_states, size, quick), size)))
        found.append(
            (f"{SEQUENCES} sequences at once, N={size}", partial(_with_peer, partial(_batch, size, quick), size))
        )
    return [*found, ("ridge regression", partial(_with_peer, partial(_ridge, quick)))]


def _with_peer(measure: Callable[[Worker], list[Row]], size: int | None = None) -> list[Row]:
    python = environment("akida", ("reservoirpy==0.4.2",))
    with Worker(python, Path(__file__).with_name("reservoirpy_worker.py")) as peer:
        if size is not None:
            peer.ask(op="make", size=size)
        return measure(peer)


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _states(size: int, quick: bool, peer: Worker) -> list[Row]:
    steps = STEPS // 5 if quick or size > 1000 else STEPS
    series = np.random.default_rng(0).uniform(-1, 1, steps)
    networks = [_network(size, topology, dtype) for topology, dtype in VARIANTS]
    theirs: list[float] = []
    ours: list[list[float]] = [[] for _ in networks]
    for _ in range(2 if quick else 7):
        theirs.append(peer.ask(op="states", size=size, steps=steps)["seconds"])
        for network, seconds in zip(networks, ours, strict=True):
            seconds.append(_timed(lambda network=network: network.collect_activations(series, 0)))  # type: ignore[misc]
    floor, aim = FLOORS[size]
    made = []
    for (topology, dtype), seconds in zip(VARIANTS, ours, strict=True):
        ratio = median(a / b for a, b in zip(theirs, seconds, strict=True))
        scale = STEPS / steps
        detail = f"{median(seconds) * scale:.3f} s against {median(theirs) * scale:.3f} s of CPU for {STEPS:,} steps"
        goal = f"≥ {floor:g} × (aim {aim:g})"
        made.append(Row(f"states, N={size}, {topology} {dtype}", PEER, ratio, "×", goal, ratio >= floor, detail))
    return made


def _batch(size: int, quick: bool, peer: Worker) -> list[Row]:
    steps = STEPS // SEQUENCES // (5 if quick or size > 1000 else 1)
    batch = np.random.default_rng(0).uniform(-1, 1, (SEQUENCES, steps, 1))
    network = _network(size, "random", "float32")
    ratios, ours = [], []
    for _ in range(2 if quick else 5):
        theirs = peer.ask(op="each", size=size, sequences=SEQUENCES, steps=steps)["seconds"]
        ours.append(_timed(lambda: network.collect_activations(batch, 0)))
        ratios.append(theirs / ours[-1])
    ratio = median(ratios)
    floor, aim = BATCH_FLOOR
    goal = f"≥ {floor:g} × (aim {aim:g})"
    detail = f"{SEQUENCES} sequences of {steps} steps, random float32"
    what = f"{SEQUENCES} sequences at once, N={size}"
    return [Row(what, f"{PEER}, one by one", ratio, "×", goal, ratio >= floor, detail)]


def _ridge(quick: bool, peer: Worker) -> list[Row]:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((STEPS, 500)), rng.standard_normal((STEPS, 1))
    ratios = []
    for _ in range(1 if quick else 5):
        theirs = peer.ask(op="ridge", size=500, rows=STEPS)["seconds"]
        ratios.append(theirs / _timed(lambda: fit_readout(x, y, 1e-6)))
    return [Row("ridge regression, N=500, 10,000 rows", PEER, median(ratios), "×", "", None, "by Cholesky, one lambda")]


def _network(size: int, topology: str, dtype: str) -> EchoStateNetwork:
    # Without the native library there is nothing to measure: an error says so.
    return EchoStateNetwork(size, spectral_radius=0.9, leak=0.3, seed=1, topology=topology, dtype=dtype, native=True)
