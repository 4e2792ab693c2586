"""The series that reservoirs are usually tried on, and the measure of a prediction.

Everything random comes from ``seed``. Series are float64 and start after their transients where they have any.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError

Float64 = npt.NDArray[np.float64]


def mackey_glass(steps: int, *, tau: int = 17, substeps: int = 10, seed: int = 0, discard: int = 500) -> Float64:
    """x' = 0.2·x(t-τ) / (1 + x(t-τ)^10) - 0.1·x (Mackey and Glass 1977), one value for each unit of time: (steps,).

    Runge-Kutta with ``substeps`` a unit, the delayed value held over a substep; the first τ units are 1.2 and a
    little noise.
    """
    _check(steps, tau=tau, substeps=substeps, discard=discard + 1)
    rng = np.random.default_rng(seed)
    h = 1 / substeps
    delay = tau * substeps
    total = (steps + discard) * substeps
    x = np.empty(delay + total + 1)
    x[:delay] = 1.2 + 0.2 * (rng.random(delay) - 0.5)
    x[delay] = 1.2
    # dx/dt = c - 0.1·x with c constant over a substep: one Runge-Kutta step of fourth order is an affine map.
    a = 0.1 * h
    keep = 1 - a + a**2 / 2 - a**3 / 6 + a**4 / 24
    gain = h * (1 - a / 2 + a**2 / 6 - a**3 / 24)
    values = x.tolist()
    for t in range(delay, delay + total):
        late = values[t - delay]
        values[t + 1] = keep * values[t] + gain * 0.2 * late / (1.0 + late**10)
    return np.array(values[delay + discard * substeps : delay + total : substeps])


def narma10(steps: int, *, seed: int = 0, discard: int = 200) -> tuple[Float64, Float64]:
    """Inputs u in 0..0.5 and y(t+1) = 0.3·y + 0.05·y·Σ y(t-9..t) + 1.5·u(t-9)·u(t) + 0.1 (Atiya and Parlos 2000).

    Both (steps,); the target at t is y(t+1), which depends on inputs up to u(t). The recursion escapes for a few
    sequences of inputs; such a one is refused, take another seed.
    """
    _check(steps, discard=discard + 1)
    total = steps + discard
    u = np.random.default_rng(seed).uniform(0, 0.5, total)
    y = [0.0] * (total + 1)
    inputs = u.tolist()
    for t in range(9, total):
        y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * sum(y[t - 9 : t + 1]) + 1.5 * inputs[t - 9] * inputs[t] + 0.1
        if not y[t + 1] < 10:
            raise ReservoirError(f"NARMA10 escapes with seed {seed} at step {t}; take another seed")
    return u[discard:], np.array(y[discard + 1 :])


def lorenz(steps: int, *, dt: float = 0.03, substeps: int = 10, seed: int = 0, discard: int = 500) -> Float64:
    """x, y, z of Lorenz (1963) with σ=10, ρ=28, β=8/3 every ``dt``: (steps, 3), by Runge-Kutta of fourth order."""
    _check(steps, substeps=substeps, discard=discard + 1)
    if not 0 < dt <= 0.5:
        raise ReservoirError(f"dt is {dt!r}; above 0 and at most 0.5 is needed")
    point = np.array([1.0, 1.0, 1.0]) + np.random.default_rng(seed).normal(0, 0.1, 3)
    h = dt / substeps
    path = np.empty((steps, 3))
    for t in range(-discard, steps):
        if t >= 0:
            path[t] = point
        for _ in range(substeps):
            a = _lorenz_slope(point)
            b = _lorenz_slope(point + h / 2 * a)
            c = _lorenz_slope(point + h / 2 * b)
            d = _lorenz_slope(point + h * c)
            point = point + h / 6 * (a + 2 * b + 2 * c + d)
    return path


def _lorenz_slope(point: Float64) -> Float64:
    x, y, z = point.tolist()
    return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])


def nrmse(predicted: npt.ArrayLike, target: npt.ArrayLike) -> float:
    """Root of the mean square error over the standard deviation of the target; over outputs, their root mean square."""
    a, b = np.asarray(predicted, np.float64), np.asarray(target, np.float64)
    if a.shape != b.shape or b.size == 0:
        raise ReservoirError(f"predictions {a.shape} and targets {b.shape} differ in shape")
    spread = b.var(axis=0)
    if not np.all(spread > 0):
        raise ReservoirError("a target is constant: its error has no scale")
    return float(np.sqrt(np.mean(np.mean((a - b) ** 2, axis=0) / spread)))


def _check(steps: int, **counts: int) -> None:
    for name, value in {"steps": steps, **counts}.items():
        if value < 1:
            raise ReservoirError(f"{name} is {value}; 1 or more is needed")
