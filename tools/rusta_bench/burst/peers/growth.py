"""One axis at a time over three decades: neurons, synapses a neuron, fired fraction."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
from common import answer, contest, regular, settings

from rusta_burst.engine.propagation import SynapticPropagationEngine

mpl.use("Agg")
from matplotlib import pyplot as plt


def one(neurons: int, degree: int, fraction: float, rounds: int) -> tuple[float, float]:
    """Median milliseconds of a burst, and bytes a synapse."""
    edges = regular(neurons, degree)
    engine = SynapticPropagationEngine()
    columns = (edges["source"], edges["target"], edges["weight"], edges["psp"], edges["type"])
    engine.build_index(*columns, neurons=neurons, keep_order=False)
    rng = np.random.default_rng(2)
    count = max(1, round(neurons * fraction))
    sets = [np.sort(rng.choice(neurons, count, replace=False)).astype(np.uint32) for _ in range(5)]
    out = np.zeros(neurons, np.int32)

    def ours(k: int) -> None:
        engine.propagate_into(sets[k % len(sets)], out)

    return contest({"ours": ours}, rounds)["ours"], engine.nbytes / (neurons * degree)


def main() -> None:
    asked = settings()
    top, rounds = int(asked["top"]), int(asked["rounds"])
    base = 10 ** (top - 1)
    axes: dict[str, list[tuple[float, int, int, float]]] = {
        "neurons": [(10.0**k, 10**k, 30, 0.01) for k in range(top - 3, top + 1)],
        "synapses a neuron": [(float(d), base // 10, d, 0.01) for d in (1, 10, 100, 1000)],
        "fired fraction": [(f, base, 30, f) for f in (0.001, 0.01, 0.1, 1.0)],
    }
    lines: dict[str, dict[str, Any]] = {}
    size = 0.0
    figure, plots = plt.subplots(1, 3, figsize=(13, 4))
    for plot, (axis, points) in zip(plots, axes.items(), strict=True):
        found = [one(neurons, degree, fraction, rounds) for _, neurons, degree, fraction in points]
        x, ms = [p[0] for p in points], [f[0] for f in found]
        exponent = math.log10(ms[-1] / ms[-2]) / math.log10(x[-1] / x[-2])
        lines[axis] = {"x": x, "ms": ms, "exponent": exponent}
        if axis == "neurons":
            size = found[-1][1]
        plot.loglog(x, ms, "o-", label="time of a burst, ms")
        plot.loglog(x, [f[1] for f in found], "s--", color="gray", label="bytes a synapse")
        plot.set_xlabel(axis)
        plot.grid(True, which="both", alpha=0.2)
    plots[0].legend()
    figure.suptitle("Propagation over three decades")
    figure.tight_layout()
    figure.savefig(asked["picture"], dpi=110)
    answer({"lines": lines, "bytes": size})


main()
