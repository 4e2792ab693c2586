"""Errors of readouts on the standard tasks: float against known figures, 4 bits against the source documents' recipe.

Every task: 200 steps of washout, 5,000 rows to fit, the next 2,000 to test; one network a seed. NRMSE is the root of
the mean square error over the standard deviation. The settings of the networks are in ``chosen.toml``:
:mod:`rusta_bench.akida.choosing` finds them on series and networks of other seeds, so that no row that is reported has
a say in them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida import (
    EchoStateNetwork,
    QuantiseConfig,
    fit_readout,
    lorenz,
    mackey_glass,
    max_abs,
    narma10,
    nrmse,
    quantise,
    ridge_regression,
)
from rusta_bench.table import Job, Row

Float = npt.NDArray[np.float64]
WASHOUT, FIT, TEST = 200, 5_000, 2_000
SEEDS = 5
CHOSEN = Path(__file__).with_name("chosen.toml")
Series = Callable[[int], tuple[Float, Float]]


def _scaled(series: Float) -> Float:
    low, high = series.min(axis=0), series.max(axis=0)
    scaled: Float = 2 * (series - low) / (high - low) - 1
    return scaled


def _mackey_glass(ahead: int) -> Series:
    def make(seed: int) -> tuple[Float, Float]:
        series = _scaled(mackey_glass(WASHOUT + FIT + TEST + ahead, seed=seed))[:, None]
        return series[:-ahead], series[ahead:]

    return make


def _narma(seed: int) -> tuple[Float, Float]:
    # A few inputs make the recursion escape; take the next ones.
    inputs, targets = narma10(WASHOUT + FIT + TEST, seed=seed + 100)
    return 4 * inputs[:, None] - 1, targets[:, None]


def _lorenz(ahead: int) -> Series:
    def make(seed: int) -> tuple[Float, Float]:
        series = _scaled(lorenz(WASHOUT + FIT + TEST + ahead, seed=seed))
        return series[:-ahead], series[ahead:]

    return make


@dataclass(frozen=True)
class Task:
    """series: from a seed; size: of the network; setting: its table in ``chosen.toml``; known: the figure to match."""

    name: str
    series: Series
    size: int
    setting: str
    known: float = 0.0


MG10, MG84, LORENZ1, LORENZ10 = _mackey_glass(10), _mackey_glass(84), _lorenz(1), _lorenz(10)
FLOATS = (
    Task("Mackey-Glass, 10 ahead", MG10, 500, "mackey-glass-10", 8.6e-5),
    Task("Mackey-Glass, 84 ahead", MG84, 500, "mackey-glass-84", 0.0108),
    Task("NARMA10", _narma, 100, "narma10", 0.313),
    Task("NARMA10", _narma, 200, "narma10", 0.195),
    Task("NARMA10", _narma, 500, "narma10", 0.135),
    Task("NARMA10", _narma, 1000, "narma10", 0.106),
    Task("Lorenz, 1 ahead", LORENZ1, 500, "lorenz-1", 7.1e-4),
    Task("Lorenz, 10 ahead", LORENZ10, 500, "lorenz-10", 0.104),
)
INTEGERS = (
    Task("Mackey-Glass, 10 ahead", MG10, 500, "int4-mackey-glass-10"),
    Task("NARMA10", _narma, 500, "int4-narma10"),
    Task("Lorenz, 10 ahead", LORENZ10, 500, "int4-lorenz-10"),
)


@cache
def chosen() -> dict[str, dict[str, Any]]:
    """What ``chosen.toml`` says: options of a network, and ``clip`` of a quantiser, for each setting."""
    return tomllib.loads(CHOSEN.read_text("utf-8"))


def jobs(quick: bool) -> list[Job]:
    """Float errors, then 4-bit errors."""
    seeds = 1 if quick else SEEDS
    floats: list[Job] = [(f"{task.name}, N={task.size}, float", partial(_float, task, seeds)) for task in FLOATS]
    return floats + [(f"{task.name}, N={task.size}, int4", partial(_integers, task, seeds)) for task in INTEGERS]


def split(task: Task, seed: int, options: dict[str, Any]) -> tuple[Float, Float, Float, Float]:
    """States and targets to fit, then states and targets to test, of a network with ``options``."""
    inputs, targets = task.series(seed)
    wanted = {name: value for name, value in options.items() if name != "clip"}
    network = EchoStateNetwork(task.size, inputs.shape[1], seed=seed, topology="grouped", **wanted)
    states = np.asarray(network.collect_activations(inputs, WASHOUT), np.float64)
    targets = targets[WASHOUT:]
    return states[:FIT], targets[:FIT], states[FIT : FIT + TEST], targets[FIT : FIT + TEST]


def float_error(task: Task, seed: int, options: dict[str, Any]) -> float:
    """NRMSE of a float readout on the rows after those that it was fitted on."""
    states, targets, fresh, truth = split(task, seed, options)
    return nrmse(fit_readout(states, targets).predict(fresh), truth)


def _float(task: Task, seeds: int) -> list[Row]:
    errors = [float_error(task, seed, chosen()[task.setting]) for seed in range(seeds)]
    worst, error = max(errors), mean(errors)
    # The known figure is a mean over five other seeds: the standard error of ours is the noise of the comparison.
    noise = float(np.std(errors, ddof=1)) / len(errors) ** 0.5 if len(errors) > 1 else 0.1 * task.known
    detail = f"worst of {seeds} seeds {worst:.3g}"
    what = f"{task.name}, N={task.size}, float"
    return [Row(what, "known figure", error, "NRMSE", f"≤ {task.known:g}", error <= task.known + noise, detail)]


def _integers(task: Task, seeds: int) -> list[Row]:
    ours, bounds, recipes = [], [], []
    options = chosen()[task.setting]
    for seed in range(seeds):
        states, targets, fresh, truth = split(task, seed, options)
        shared = quantise(states, targets, fresh, truth, QuantiseConfig(per_input=False))
        own = quantise(states, targets, fresh, truth, QuantiseConfig(clip=options["clip"]))
        ours.append(own.report.stages[-1].figure)
        bounds.append(shared.report.stages[1].figure)
        recipes.append(min(_recipe(states, targets, fresh, truth, 10.0**-k) for k in range(-2, 9)))
    error, bound, recipe = mean(ours), mean(bounds), mean(recipes)
    detail = f"4-bit states, float weights {bound:.3g}; recipe {recipe:.3g} with the lambda that suits it best"
    what = f"{task.name}, N={task.size}, int4"
    return [Row(what, "max-abs int4 of W", recipe / error, "× less", "> 1 ×", error < recipe, f"{error:.3g}; {detail}")]


def _recipe(states: Float, targets: Float, fresh: Float, truth: Float, lambda_: float) -> float:
    """The source documents' way: ridge without offset, then max-abs int4 of the whole layer; states stay float."""
    centre = targets.mean(axis=0)
    weights = ridge_regression(states, targets - centre, lambda_)
    integers, scales = max_abs(weights, 4)
    return nrmse(fresh @ (scales[:, None] * integers).T + centre, truth)
