"""One axis at a time over three decades: neurons, synapses a neuron, fired fraction; drawn as well."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
from common import answer, contest, regular, settings

from rusta_burst.engine.propagation import SynapticPropagationEngine

mpl.use("Agg")
from matplotlib import pyplot as plt

MARKS = {"push": "o", "source split": "^", "destination split": "s", "complement": "D", "dense": "P"}


def indexed(neurons: int, degree: int) -> SynapticPropagationEngine:
    edges = regular(neurons, degree)
    engine = SynapticPropagationEngine()
    columns = (edges["source"], edges["target"], edges["weight"], edges["psp"], edges["type"])
    engine.build_index(*columns, neurons=neurons, keep_order=False)
    return engine


def one(engine: SynapticPropagationEngine, neurons: int, fraction: float, rounds: int) -> tuple[float, str]:
    """Median milliseconds of a burst, and the strategy that was chosen."""
    rng = np.random.default_rng(2)
    count = max(1, round(neurons * fraction))
    sets = [np.sort(rng.choice(neurons, count, replace=False)).astype(np.uint32) for _ in range(5)]
    out = np.zeros(neurons, np.int32)

    def ours(k: int) -> None:
        engine.propagate_into(sets[k % len(sets)], out)

    return contest({"ours": ours}, rounds)["ours"], engine.choice(count).name


def exponent(x: list[float], y: list[float]) -> float:
    """Of y over the last decade of x."""
    return math.log10(y[-1] / y[-3]) / math.log10(x[-1] / x[-3])


def draw(axis: Any, name: str, line: dict[str, Any]) -> None:
    """Time on the left, one mark a strategy; memory on the right."""
    x, ms = line["x"], line["ms"]
    axis.loglog(x, ms, "-", color="tab:blue", linewidth=1)
    for strategy, mark in MARKS.items():
        own = [k for k, chosen in enumerate(line["strategy"]) if chosen == strategy]
        if own:
            axis.loglog([x[k] for k in own], [ms[k] for k in own], mark, color="tab:blue", label=strategy)
    axis.loglog(x, [ms[0] * v / x[0] for v in x], ":", color="tab:blue", alpha=0.5, label="in proportion")
    axis.set_xlabel(name)
    axis.set_ylabel("a burst, ms", color="tab:blue")
    axis.grid(True, which="major", alpha=0.3)
    axis.legend(loc="upper left", fontsize="small")
    memory = axis.twinx()
    memory.loglog(x, line["mib"], "--", color="tab:red")
    memory.set_ylabel("index, MiB", color="tab:red")


def main() -> None:
    asked = settings()
    top, rounds = int(asked["top"]), int(asked["rounds"])
    base = 10 ** (top - 1)
    halves = range(-6, 1)
    axes: dict[str, list[tuple[float, int, int, float]]] = {
        "neurons (× 30, 1 % fired)": [
            (round(10 ** (top + k / 2)), round(10 ** (top + k / 2)), 30, 0.01) for k in halves
        ],
        f"synapses a neuron ({base // 10:,} neurons, 1 % fired)": [
            (round(10 ** (3 + k / 2)), base // 10, round(10 ** (3 + k / 2)), 0.01) for k in halves
        ],
        f"fired fraction ({base:,} × 30)": [(10 ** (k / 2), base, 30, 10 ** (k / 2)) for k in halves],
    }
    lines: dict[str, dict[str, Any]] = {}
    largest = 0.0
    figure, plots = plt.subplots(1, 3, figsize=(15, 4.2))
    for plot, (axis, points) in zip(plots, axes.items(), strict=True):
        line: dict[str, Any] = {"x": [], "ms": [], "mib": [], "strategy": []}
        built: tuple[int, int] | None = None
        for x, neurons, degree, fraction in points:
            if built != (neurons, degree):
                engine, built = indexed(neurons, degree), (neurons, degree)
            ms, strategy = one(engine, neurons, fraction, rounds)
            for name, value in (("x", x), ("ms", ms), ("mib", engine.nbytes / 2**20), ("strategy", strategy)):
                line[name].append(value)
        if axis.startswith("neurons"):
            largest = engine.nbytes / (neurons * degree)
        line |= {"time exponent": exponent(line["x"], line["ms"]), "memory exponent": exponent(line["x"], line["mib"])}
        lines[axis] = line
        draw(plot, axis, line)
    figure.suptitle("Propagation over three decades")
    figure.tight_layout()
    for picture in asked["pictures"]:
        figure.savefig(picture, dpi=110)
    answer({"lines": lines, "largest": largest})


main()
