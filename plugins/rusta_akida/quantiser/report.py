"""What quantisation costs, and where: float, then quantised states, then quantised weights.

Every stage is measured on rows that were not used for fitting. For a regression the figure is the NRMSE (root of the
mean square error over the standard deviation), for a classifier 1 - accuracy; both are shares, less is better, and the
delta is the last stage's minus the first's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import DeltaTooLarge, QuantiseError
from rusta_akida.quantiser.fitting import QuantiseConfig, fit_quantised
from rusta_akida.quantiser.readout import QuantisedReadout
from rusta_akida.quantiser.rounding import max_abs
from rusta_akida.reservoir.ridge import fit_readout
from rusta_akida.reservoir.series import nrmse

Float = npt.NDArray[np.float64]
LIMIT = 0.02
BINS = 33
TASKS = ("regression", "classification")


@dataclass(frozen=True, eq=False)
class Stage:
    """One step on the way. figure: NRMSE or share of errors; potentials: counts in ``BINS`` bins over the span."""

    name: str
    figure: float
    low: float
    high: float
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class QuantisationReport:
    """The stages side by side. ``max_abs``: what rounding the float weights alone by their maximum would give."""

    task: str
    stages: tuple[Stage, ...]
    max_abs: float
    weight_bits: int
    activation_bits: int
    rows: int

    @property
    def delta(self) -> float:
        """Quantised minus float, as a share."""
        return self.stages[-1].figure - self.stages[0].figure

    def check(self, limit: float = LIMIT, *, allow: bool = False) -> None:
        """Raise DeltaTooLarge when the delta is over ``limit`` and that is not allowed by the caller."""
        if self.delta <= limit or allow:
            return
        states = self.stages[1].figure - self.stages[0].figure
        where = "states" if states > self.delta / 2 else "weights"
        raise DeltaTooLarge(
            f"quantisation costs {self.delta:.2%} ({self.measure} {self.stages[0].figure:.4g} to "
            f"{self.stages[-1].figure:.4g}), {limit:.2%} is allowed; most is lost on the {where}: take more units or "
            "more bits, or allow the delta explicitly"
        )

    @property
    def measure(self) -> str:
        """What the figures are."""
        return "NRMSE" if self.task == "regression" else "error rate"

    def table(self) -> str:
        """The stages as text, for people."""
        lines = [f"{'stage':34} {self.measure:>11} {'delta':>9}"]
        first = self.stages[0].figure
        for stage in self.stages:
            lines.append(f"{stage.name:34} {stage.figure:11.5g} {stage.figure - first:9.3%}")
        lines.append(f"{'(float weights rounded by maximum)':34} {self.max_abs:11.5g} {self.max_abs - first:9.3%}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return {
            "task": self.task,
            "measure": self.measure,
            "delta": self.delta,
            "max_abs": self.max_abs,
            "weight_bits": self.weight_bits,
            "activation_bits": self.activation_bits,
            "rows": self.rows,
            "stages": [
                {"name": s.name, "figure": s.figure, "low": s.low, "high": s.high, "counts": s.counts.tolist()}
                for s in self.stages
            ],
        }


@dataclass(frozen=True, eq=False)
class Quantised:
    """A quantised readout together with the proof of what it costs."""

    readout: QuantisedReadout
    report: QuantisationReport

    def ship(self, limit: float = LIMIT, *, allow: bool = False) -> QuantisedReadout:
        """The readout, when its delta is within ``limit`` or ``allow`` is set; DeltaTooLarge otherwise."""
        self.report.check(limit, allow=allow)
        return self.readout


def quantise(
    states: npt.ArrayLike,
    targets: npt.ArrayLike,
    test_states: npt.ArrayLike,
    test_targets: npt.ArrayLike,
    config: QuantiseConfig | None = None,
    *,
    task: str = "regression",
    labels: tuple[str, ...] = (),
    provenance: str = "",
) -> Quantised:
    """Fit on one set of rows, measure every stage on another.

    Args:
        states, test_states: (rows, size). targets, test_targets: (rows, outputs); for "classification" one column a
            class with 1 for the true one.
    """
    if task not in TASKS:
        raise QuantiseError(f"task {task!r} is not known; there are {', '.join(TASKS)}")
    chosen = config or QuantiseConfig()
    truth = np.asarray(test_targets, np.float64)
    truth = truth[:, None] if truth.ndim == 1 else truth
    measure = _errors if task == "classification" else nrmse
    real = fit_readout(states, targets, chosen.lambda_)
    fitted = fit_quantised(states, targets, chosen, labels=labels, provenance=provenance)
    rows = np.asarray(test_states, np.float64)
    codes = fitted.activation.encode(rows)
    bits = f"{chosen.activation_bits}-bit states"
    stages = (
        _stage("float", real.predict(rows), truth, measure),
        _stage(f"{bits}, float weights", fitted.on_codes.predict(codes), truth, measure),
        _stage(f"{bits}, {chosen.weight_bits}-bit weights", fitted.quantised.predict(rows), truth, measure),
    )
    integers, scales = max_abs(real.weights, chosen.weight_bits)
    rounded = measure(rows @ (scales[:, None] * integers).T + real.offset, truth)
    report = QuantisationReport(task, stages, rounded, chosen.weight_bits, chosen.activation_bits, len(rows))
    return Quantised(fitted.quantised, report)


def _stage(name: str, values: Float, truth: Float, measure: Callable[[Float, Float], float]) -> Stage:
    low, high = float(values.min()), float(values.max())
    counts, _ = np.histogram(values, BINS, (low, high if high > low else low + 1))
    return Stage(name, measure(values, truth), low, high, counts)


def _errors(values: Float, truth: Float) -> float:
    """The share of rows whose largest value is not at the true class."""
    return float(np.mean(values.argmax(axis=1) != truth.argmax(axis=1)))
