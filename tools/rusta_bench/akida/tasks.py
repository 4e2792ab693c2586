"""Errors of readouts on the standard tasks: float against known figures, 4 bits against the source documents' recipe.

Every task: 200 steps of washout, 5,000 rows to fit, the next 2,000 to test; one network a seed. NRMSE is the root of
the mean square error over the standard deviation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from rusta_bench.table import Row

Float = npt.NDArray[np.float64]
WASHOUT, FIT, TEST = 200, 5_000, 2_000
SEEDS = 5
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
    """series: from a seed; size and options: of the network; known: the figure to match, and how far seeds spread."""

    name: str
    series: Series
    size: int
    known: float
    options: dict[str, Any]


MG10: dict[str, Any] = {"leak": 0.7, "spectral_radius": 1.1, "input_scale": 1.0, "bias": 1.0}
MG84: dict[str, Any] = {"leak": 0.2, "spectral_radius": 1.0, "input_scale": 4.0, "bias": 2.0, "sparsity": 0.95}
NARMA: dict[str, Any] = {"leak": 0.9, "spectral_radius": 1.0, "input_scale": 0.02, "bias": 0.3}
LORENZ: dict[str, Any] = {"leak": 1.0, "spectral_radius": 0.6, "input_scale": 2.0, "bias": 0.3}
INT_MG: dict[str, Any] = {"leak": 0.5, "spectral_radius": 1.0, "input_scale": 1.0, "bias": 0.3}
INT_NARMA: dict[str, Any] = {"leak": 1.0, "spectral_radius": 0.9, "input_scale": 0.1, "bias": 0.1}
INT_LORENZ: dict[str, Any] = {"leak": 1.0, "spectral_radius": 1.25, "input_scale": 4.0, "bias": 0.1}

FLOATS = (
    Task("Mackey-Glass, 10 ahead", _mackey_glass(10), 500, 8.6e-5, MG10),
    Task("Mackey-Glass, 84 ahead", _mackey_glass(84), 500, 0.0108, MG84),
    Task("NARMA10", _narma, 100, 0.313, NARMA),
    Task("NARMA10", _narma, 200, 0.195, NARMA),
    Task("NARMA10", _narma, 500, 0.135, NARMA),
    Task("NARMA10", _narma, 1000, 0.106, NARMA),
    Task("Lorenz, 1 ahead", _lorenz(1), 500, 7.1e-4, LORENZ),
    Task("Lorenz, 10 ahead", _lorenz(10), 500, 0.104, LORENZ),
)
INTEGERS = (
    Task("Mackey-Glass, 10 ahead", _mackey_glass(10), 500, 0.0, INT_MG),
    Task("NARMA10", _narma, 500, 0.0, INT_NARMA),
    Task("Lorenz, 10 ahead", _lorenz(10), 500, 0.0, INT_LORENZ),
)


def rows(quick: bool) -> list[Row]:
    """Float errors, then 4-bit errors."""
    seeds = 1 if quick else SEEDS
    return [*(_float(task, seeds) for task in FLOATS), *(_integers(task, seeds) for task in INTEGERS)]


def _split(task: Task, seed: int) -> tuple[Float, Float, Float, Float]:
    inputs, targets = task.series(seed)
    network = EchoStateNetwork(task.size, inputs.shape[1], seed=seed, topology="grouped", **task.options)
    states = np.asarray(network.collect_activations(inputs, WASHOUT), np.float64)
    targets = targets[WASHOUT:]
    return states[:FIT], targets[:FIT], states[FIT : FIT + TEST], targets[FIT : FIT + TEST]


def _float(task: Task, seeds: int) -> Row:
    errors = []
    for seed in range(seeds):
        states, targets, fresh, truth = _split(task, seed)
        errors.append(nrmse(fit_readout(states, targets).predict(fresh), truth))
    worst, error = max(errors), mean(errors)
    # The known figure is a mean over five other seeds: the spread of ours is the noise of the comparison.
    noise = float(np.std(errors)) if len(errors) > 1 else 0.1 * task.known
    detail = f"worst of {seeds} seeds {worst:.3g}"
    what = f"{task.name}, N={task.size}, float"
    return Row(what, "known figure", error, "NRMSE", f"≤ {task.known:g}", error <= task.known + noise, detail)


def _integers(task: Task, seeds: int) -> Row:
    ours, bounds, recipes = [], [], []
    for seed in range(seeds):
        states, targets, fresh, truth = _split(task, seed)
        shared = quantise(states, targets, fresh, truth, QuantiseConfig(per_input=False))
        own = quantise(states, targets, fresh, truth, QuantiseConfig(clip=0.01))
        ours.append(own.report.stages[-1].figure)
        bounds.append(shared.report.stages[1].figure)
        recipes.append(min(_recipe(states, targets, fresh, truth, 10.0**-k) for k in range(-2, 9)))
    error, bound, recipe = mean(ours), mean(bounds), mean(recipes)
    detail = f"4-bit states, float weights {bound:.3g}; recipe {recipe:.3g} with the lambda that suits it best"
    what = f"{task.name}, N={task.size}, int4"
    return Row(what, "max-abs int4 of W", recipe / error, "× less", "> 1 ×", error < recipe, f"{error:.3g}; {detail}")


def _recipe(states: Float, targets: Float, fresh: Float, truth: Float, lambda_: float) -> float:
    """The source documents' way: ridge without offset, then max-abs int4 of the whole layer; states stay float."""
    centre = targets.mean(axis=0)
    weights = ridge_regression(states, targets - centre, lambda_)
    integers, scales = max_abs(weights, 4)
    return nrmse(fresh @ (scales[:, None] * integers).T + centre, truth)
