"""Whole bursts of a large network in which one neuron in a hundred fires in each: here, in Brian2, in NEST.

Neurons fire by themselves every ``PERIOD`` bursts, evenly spread, so another set of 1 % each time; synapses add 0, which
costs what adding anything costs, and keeps all three networks at the same spikes. Brian2 and NEST count by a potential
that rises, ours by its rest after a spike (the slowest path of its dynamics). All three have the same list of synapses.

Propagation alone is what Brian2's own profile gives its synapses, and in NEST what a burst takes more than the same
neurons without synapses.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from common import answer, settings
from numpy.typing import NDArray

WARM = 3
BLOCKS = 5
PERIOD = 100


def phases(neurons: int) -> NDArray[np.int64]:
    return np.random.default_rng(3).permutation(neurons) % PERIOD


def edges(neurons: int, degree: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    target = np.random.default_rng(1).integers(0, neurons, (neurons, degree), dtype=np.uint32)
    target.sort(axis=1)
    return np.repeat(np.arange(neurons, dtype=np.uint32), degree), target.reshape(-1)


def figures(times: list[float], spikes: float) -> dict[str, float]:
    """``times``: seconds a burst of each block; the best block is the one that was disturbed least."""
    return {"ms": min(times) * 1e3, "spikes a burst": spikes}


def ours(neurons: int, degree: int, bursts: int) -> dict[str, Any]:
    from rusta_burst.dynamics.burst import Burst
    from rusta_burst.dynamics.models import leaky

    source, target = edges(neurons, degree)
    zeros = np.zeros(source.size, np.uint8)
    model = leaky(neurons, threshold=0.0, refractory=PERIOD - 1)
    burst = Burst(model, source, target, zeros, zeros + 255, zeros, window=2, keep_order=False)
    phase = phases(neurons)
    burst.core.state["rest"][:] = phase
    del source, target, zeros
    engine = burst.core.projections[0].engine
    out = np.zeros(neurons, np.int32)
    sets = [np.flatnonzero(phase == k).astype(np.uint32) for k in range(PERIOD)]
    burst.run(WARM, record=False)
    times, alone = [], []
    for block in range(BLOCKS):
        began = time.perf_counter()
        counts = burst.run(bursts, record=False).counts
        times.append((time.perf_counter() - began) / bursts)
        began = time.perf_counter()
        for number in range(block * bursts, (block + 1) * bursts):
            engine.propagate_into(sets[number % PERIOD], out)
        alone.append((time.perf_counter() - began) / bursts)
    found: dict[str, Any] = {**figures(times, float(counts.mean())), "synapses ms": min(alone) * 1e3}
    try:
        from limits import limits
    except ImportError:  # without numba nobody tells what the machine allows
        return found
    return found | {"bound": limits(engine.table.words[engine.table.positions_of(sets[0])], neurons)["told"]}


def brian(neurons: int, degree: int, bursts: int) -> dict[str, float]:
    import brian2

    brian2.prefs.codegen.target = "cython"
    brian2.defaultclock.dt = 1 * brian2.ms
    group = brian2.NeuronGroup(neurons, "v : 1", threshold=f"v > {PERIOD} - 0.5", reset="v = 0")
    group.run_regularly("v += 1", dt=1 * brian2.ms)
    group.v = phases(neurons)
    parts: list[Any] = [group]
    if degree:
        source, target = edges(neurons, degree)
        synapses = brian2.Synapses(group, group, "w : 1", on_pre="v += w")
        synapses.connect(i=source.astype(np.int32), j=target.astype(np.int32))
        synapses.w = 0
        parts.append(synapses)
        del source, target
    network = brian2.Network(*parts)
    network.run(WARM * brian2.ms)
    times, alone = [], []
    for _ in range(BLOCKS):
        network.run(bursts * brian2.ms, profile=True)
        spent = {name: float(value / brian2.second) for name, value in network.profiling_info}
        times.append(sum(spent.values()) / bursts)
        alone.append(sum(value for name, value in spent.items() if "synapses" in name) / bursts)
    return figures(times, neurons / PERIOD) | {"synapses ms": min(alone) * 1e3}


def connect(simulator: Any, neurons: int, degree: int) -> None:
    """The list, in pieces: NEST needs 40 bytes a synapse beside what it keeps."""
    source, target = edges(neurons, degree)
    piece = 5_000_000
    for begin in range(0, source.size, piece):
        pre = source[begin : begin + piece].astype(np.int64) + 1
        post = target[begin : begin + piece].astype(np.int64) + 1
        settings = {"weight": np.zeros(pre.size), "delay": np.ones(pre.size), "synapse_model": "static_synapse"}
        simulator.Connect(pre, post, "one_to_one", settings)


def nest(neurons: int, degree: int, bursts: int) -> dict[str, float]:
    import nest as simulator

    simulator.set_verbosity("M_ERROR")
    simulator.ResetKernel()
    simulator.SetKernelStatus({"resolution": 1.0, "local_num_threads": 2, "print_time": False})
    group = simulator.Create("iaf_psc_delta", neurons, {
        "tau_m": 1e6, "C_m": 1.0, "E_L": 0.0, "V_reset": 0.0, "V_th": PERIOD - 0.5, "t_ref": 0.0, "I_e": 1.0,
    })  # fmt: skip
    group.V_m = phases(neurons).astype(float)

    def run() -> list[float]:
        simulator.Simulate(float(WARM))
        times = []
        with simulator.RunManager():
            for _ in range(BLOCKS):
                began = time.perf_counter()
                simulator.Run(float(bursts))
                times.append((time.perf_counter() - began) / bursts)
        return times

    idle = min(run()) * 1e3
    connect(simulator, neurons, degree)
    found = figures(run(), simulator.local_spike_counter / bursts)
    return found | {"synapses ms": found["ms"] - idle}


def main() -> None:
    asked = settings()
    run = {"ours": ours, "brian": brian, "nest": nest}[asked["who"]]
    answer(run(int(asked["neurons"]), int(asked["degree"]), int(asked["bursts"])))


main()
