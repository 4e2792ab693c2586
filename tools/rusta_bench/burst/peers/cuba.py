"""The current-based network of Vogels and Abbott (2005), here and in Brian2's C++: one connection list, one start.

Weights of the paper's benchmark (Brette et al. 2007): 80 % excitatory, 80 synapses a neuron, step 0.1 ms.

The network is chaotic: other roundings give other spikes after a while, and the rate over one second then differs by 1
to 3 %, as it does between two starts. So rates are compared over ``seconds`` that are long enough for their mean.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import answer, settings

DEGREE = 80
EXCITATORY, INHIBITORY = 1.62, -9.0  # mV a spike


def network(neurons: int) -> dict[str, Any]:
    """The connection list and the potentials it starts from."""
    rng = np.random.default_rng(7)
    source = np.repeat(np.arange(neurons, dtype=np.uint32), DEGREE)
    target = rng.integers(0, neurons, source.size, dtype=np.uint32)
    start = -60.0 + 10.0 * rng.random(neurons)
    return {"source": source, "target": target, "start": start, "inhibits": neurons * 4 // 5}


def ours(neurons: int, seconds: float, rounds: int) -> dict[str, float]:
    from rusta_burst.dynamics.burst import Burst
    from rusta_burst.dynamics.models import currents

    net = network(neurons)
    kind = (net["source"] >= net["inhibits"]).astype(np.uint8)
    weight = np.full(kind.size, 1, np.uint8)
    steps = round(seconds * 10_000)
    best, spikes = float("inf"), 0
    for _ in range(rounds):
        model = currents(
            neurons, step=0.1, tau_membrane=20.0, tau_excitatory=5.0, tau_inhibitory=10.0, resting=-49.0,
            threshold=-50.0, reset=-60.0, refractory=50, gain_excitatory=EXCITATORY, gain_inhibitory=-INHIBITORY,
            potential=net["start"], single=bool(settings().get("single")),
        )  # fmt: skip
        burst = Burst(model, net["source"], net["target"], weight, weight, kind, window=0, keep_order=False)
        began = time.perf_counter()
        counts = burst.run(steps, record=False).counts
        best = min(best, time.perf_counter() - began)
        spikes = int(counts.sum(dtype=np.int64))
    return {"seconds": best, "realtime": seconds / best, "rate": spikes / neurons / seconds}


def theirs(neurons: int, seconds: float, rounds: int) -> dict[str, float]:
    import brian2
    from brian2 import ms, mV

    folder = Path(f"cuba-{neurons}-{settings().get('openmp', 0)}-{bool(settings().get('single'))}").resolve()
    brian2.set_device("cpp_standalone", directory=str(folder), build_on_run=False)
    brian2.prefs.devices.cpp_standalone.openmp_threads = int(settings().get("openmp", 0))
    if settings().get("single"):
        brian2.prefs.core.default_float_dtype = np.float32
    brian2.defaultclock.dt = 0.1 * ms
    net = network(neurons)
    constants = {"taum": 20 * ms, "taue": 5 * ms, "taui": 10 * ms, "Vt": -50 * mV, "Vr": -60 * mV, "El": -49 * mV}
    group = brian2.NeuronGroup(
        neurons,
        """
        dv/dt = (ge + gi - (v - El)) / taum : volt (unless refractory)
        dge/dt = -ge / taue : volt
        dgi/dt = -gi / taui : volt
        """,
        threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exact", namespace=constants,
    )  # fmt: skip
    group.v = net["start"] * mV
    excites = net["source"] < net["inhibits"]
    parts = [group]
    for mask, port, weight in ((excites, "ge", EXCITATORY), (~excites, "gi", INHIBITORY)):
        synapses = brian2.Synapses(group, group, on_pre=f"{port} += w", namespace={"w": weight * mV})
        synapses.connect(i=net["source"][mask].astype(int), j=net["target"][mask].astype(int))
        parts.append(synapses)
    monitor = brian2.SpikeMonitor(group, record=False)  # ours counts them only, too
    simulation = brian2.Network(*parts, monitor)
    simulation.run(seconds * 1000 * ms)
    brian2.device.build(directory=str(folder), compile=True, run=False, debug=False)
    best = float("inf")
    for _ in range(rounds):
        brian2.device.run(str(folder), with_output=False, run_args=[])
        best = min(best, brian2.device._last_run_time)
    spikes = int(np.asarray(monitor.count).sum())
    return {"seconds": best, "realtime": seconds / best, "rate": spikes / neurons / seconds}


def main() -> None:
    asked = settings()
    run = ours if asked["who"] == "ours" else theirs
    found = run(int(asked["neurons"]), float(asked["seconds"]), int(asked["rounds"]))
    sys.stdout.flush()
    answer(found)


main()
