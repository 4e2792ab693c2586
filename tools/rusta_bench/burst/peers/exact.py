"""The same bursts computed in every way there is; and what a plastic synapse takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from common import answer, regular, settings
from numpy.typing import NDArray

from rusta_burst.dynamics.burst import Burst
from rusta_burst.dynamics.models import leaky
from rusta_burst.engine.propagation import STRATEGIES, SynapticPropagationEngine

WAYS: dict[str, dict[str, Any]] = {
    "1 thread": {"threads": 1},
    "2 threads": {"threads": 2},
    "the NumPy twin": {"use_native": False},
}


def bits(left: NDArray[Any], right: NDArray[Any]) -> int:
    """How many bits differ; all of the longer one's when the lengths do."""
    if left.size != right.size:
        return max(left.nbytes, right.nbytes) * 8
    both = np.ascontiguousarray(left).view(np.uint8) ^ np.ascontiguousarray(right).view(np.uint8)
    return int(np.bitwise_count(both).sum())


def main() -> None:
    asked = settings()
    neurons, bursts = int(asked["neurons"]), int(asked["bursts"])
    edges = regular(neurons, 50)
    columns = (edges["source"], edges["target"], edges["weight"], edges["psp"], edges["type"])
    found = []
    for options in WAYS.values():
        model = leaky(neurons, threshold=90_000.0, leak=0.1, refractory=3, excitability=0.9)
        burst = Burst(model, *columns, seed=4, **options)
        spikes = []
        for number in range(bursts):
            burst.inject(np.arange(number % 7, neurons, 7), 120_000)
            spikes.append(burst.step().fired)
        found.append((burst.potentials.copy(), np.concatenate(spikes)))
    differ = sum(bits(a, b) for one in found[1:] for a, b in zip(found[0], one, strict=True))
    engine = SynapticPropagationEngine(threads=2)
    engine.build_index(*columns, neurons=neurons)
    for share in (100, 10, 2, 1):
        fired = np.arange(0, neurons, share, dtype=np.uint32)
        sums = [engine.sums(fired, strategy=name) for name in STRATEGIES]
        differ += sum(bits(sums[0], other) for other in sums[1:])
    answer({
        "differ": differ, "bursts": bursts, "ways": [*list(WAYS)[1:], "every strategy"],
        "spikes": int(found[0][1].size), **plastic(columns, neurons),
    })  # fmt: skip


def plastic(columns: tuple[NDArray[Any], ...], neurons: int) -> dict[str, Any]:
    """Bytes a plastic synapse, after the way from targets back to sources was needed."""
    burst = Burst(leaky(neurons), *columns, plastic=True)
    burst.synapses.incoming(np.arange(10, dtype=np.uint32))
    count = burst.synapses.count
    return {"plastic bytes": burst.synapses.nbytes / count, "plastic": f"{count:,} synapses"}


main()
