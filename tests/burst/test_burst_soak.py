"""Memory of long runs: a burst leaves nothing behind."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from rusta_burst.dynamics.burst import Burst
from rusta_burst.dynamics.models import leaky


def busy() -> Burst:
    rng = np.random.default_rng(0)
    n, m = 200, 4000
    model = leaky(n, threshold=40_000, leak=0.05, refractory=2, excitability=np.where(np.arange(n) < 20, 0.2, 1.0),
                  forced=(np.arange(n) < 5).astype(int))  # fmt: skip
    edges = rng.integers(0, n, m), rng.integers(0, n, m), rng.integers(0, 256, m), np.full(m, 200), rng.random(m) < 0.3
    return Burst(model, *edges, delay=rng.integers(1, 3, m))


def resident() -> int:
    """Kilobytes of this process in memory."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def test_propagation_makes_no_object_that_stays() -> None:
    burst = busy()
    engine = burst.core.projections[0].engine
    fired, out = np.arange(0, 200, 3, dtype=np.uint32), np.zeros(200, np.int32)
    for _ in range(100):
        engine.propagate_into(fired, out)
    tracemalloc.start()
    try:
        for _ in range(2000):
            engine.propagate_into(fired, out)
        snapshot = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    # Counters are a few hundred bytes; an array as long as the targets that stayed would be 800 more each time.
    own = snapshot.filter_traces([tracemalloc.Filter(True, "*rusta_burst*")])
    assert sum(trace.size for trace in own.traces) < 4000


@pytest.mark.slow
def test_a_million_bursts_keep_the_memory_they_began_with() -> None:
    burst = busy()
    burst.run(20_000, record=False)
    before = resident()
    spikes = 0
    for _ in range(100):
        spikes += int(burst.run(10_000, record=False).counts.sum(dtype=np.int64))
    assert spikes > 1_000_000
    assert burst.number == 1_020_000
    assert resident() - before < 2048
