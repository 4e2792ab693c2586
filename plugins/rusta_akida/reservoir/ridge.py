"""Linear readouts by ridge regression: W = Yᵀ X (XᵀX + λI)⁻¹, by Cholesky, with λ chosen in closed form.

Leave-one-out (Allen's PRESS) and generalised cross-validation (Golub, Heath and Wahba 1979) need one decomposition
XᵀX = V·diag(d)·Vᵀ for every λ: with z = V'x, the leverage of a row is h = 1/n + Σ z²/(d + λ), its left-out residual is
e/(1 - h), and GCV is n·RSS/(n - tr H)².
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError
from rusta_akida.reservoir.moments import Moments, as_states, as_targets
from rusta_akida.reservoir.solving import Float64, cholesky, solve_factored

METHODS = ("loo", "gcv")
# Tried values of lambda, relative to the mean of the diagonal of XᵀX.
GRID = np.logspace(-15, 1, 65)


@dataclass(frozen=True, eq=False)
class Readout:
    """y = W·x + offset. weights: (outputs, size); lambda_: what it was fitted with; score: mean square error expected
    on fresh rows as the selection estimates it, NaN where nothing was selected."""

    weights: Float64
    offset: Float64
    lambda_: float
    score: float = float("nan")

    def predict(self, states: npt.ArrayLike) -> Float64:
        """Values (rows, outputs) for states (rows, size)."""
        given = np.asarray(states)
        if given.shape[-1] != self.weights.shape[1]:
            raise ReservoirError(f"states have {given.shape[-1]} units, the readout {self.weights.shape[1]}")
        predicted: Float64 = given @ self.weights.T + self.offset
        return predicted


def ridge_regression(X: npt.ArrayLike, Y: npt.ArrayLike, lambda_: float = 1e-6) -> Float64:  # noqa: N803
    """W (outputs, size) that minimises |XWᵀ - Y|² + λ|W|², without an offset.

    Args:
        X: states (rows, size). Y: targets (rows, outputs) or (rows,). lambda_: 0 or more.
    """
    states = as_states(X).astype(np.float64)
    targets = as_targets(Y, len(states))
    _check(lambda_)
    gram = states.T @ states
    gram[np.diag_indices_from(gram)] += lambda_
    weights: Float64 = solve_factored(cholesky(gram), states.T @ targets).T
    return np.ascontiguousarray(weights)


def fit_readout(states: npt.ArrayLike, targets: npt.ArrayLike, lambda_: float | str = "gcv") -> Readout:
    """A readout with an offset. ``lambda_``: a number, or "loo" or "gcv", which choose it."""
    x = as_states(states)
    y = as_targets(targets, len(x))
    moments = Moments(x.shape[1], y.shape[1])
    moments.add(x, y)
    if lambda_ == "loo":
        chosen, score = select_lambda_loo(x, y)
        return _solve(moments, chosen, score)
    return fit_moments(moments, lambda_)


def fit_moments(moments: Moments, lambda_: float | str = "gcv") -> Readout:
    """A readout from sums alone, for rows that were never in memory together. ``lambda_``: a number, or "gcv"."""
    if isinstance(lambda_, str):
        if lambda_ != "gcv":
            known = "leave-one-out needs the rows" if lambda_ == "loo" else f"there are {', '.join(METHODS)}"
            raise ReservoirError(f"lambda_={lambda_!r} can't be used here: {known}; use 'gcv' or a number")
        return _solve(moments, *select_lambda_gcv(moments))
    return _solve(moments, _check(lambda_), float("nan"))


def select_lambda_gcv(moments: Moments) -> tuple[float, float]:
    """λ with the least generalised cross-validation error, and that error (mean over outputs, per row)."""
    xx, xy, yy = moments.centred()
    d, vectors = np.linalg.eigh(xx)
    d = np.maximum(d, 0)
    power = (vectors.T @ xy) ** 2  # (size, outputs)
    n = moments.count
    best = (float("inf"), 0.0)
    for lambda_ in _candidates(d):
        shrunk = 1 / (d + lambda_)
        rss = float(yy.sum() - (power * (shrunk * (2 - d * shrunk))[:, None]).sum())
        free = n - 1 - float((d * shrunk).sum())
        if free <= 0:
            continue
        # Rounding may take what is left below nothing; the digits that exist end here.
        rss = max(rss, float(yy.sum()) * 1e-15)
        best = min(best, (n * rss / free**2 / moments.outputs, lambda_))
    return best[1], best[0]


def select_lambda_loo(states: npt.ArrayLike, targets: npt.ArrayLike) -> tuple[float, float]:
    """λ with the least leave-one-out error, and that error (mean over outputs and rows)."""
    x = as_states(states).astype(np.float64)
    y = as_targets(targets, len(x))
    x = x - x.mean(axis=0)
    y = y - y.mean(axis=0)
    d, vectors = np.linalg.eigh(x.T @ x)
    d = np.maximum(d, 0)
    z = x @ vectors
    along = z.T @ y
    square = z * z
    best = (float("inf"), 0.0)
    for lambda_ in _candidates(d):
        shrunk = 1 / (d + lambda_)
        left = 1 - 1 / len(x) - square @ shrunk
        if left.min() <= 1e-12:
            continue
        residual = (y - z @ (along * shrunk[:, None])) / left[:, None]
        best = min(best, (float(np.mean(residual**2)), lambda_))
    if not np.isfinite(best[0]):
        raise ReservoirError(f"{len(x)} rows are too few to leave one out of {x.shape[1]} units; use a number")
    return best[1], best[0]


def _candidates(d: Float64) -> Float64:
    """Values of λ to try. Below the rounding of the largest eigenvalue, nothing more would change."""
    values: Float64 = GRID * max(float(d.mean()), 1e-300)
    return values[values >= 50 * np.finfo(np.float64).eps * float(d.max())]


def _solve(moments: Moments, lambda_: float, score: float) -> Readout:
    xx, xy, _ = moments.centred()
    xx[np.diag_indices_from(xx)] += lambda_
    weights = np.ascontiguousarray(solve_factored(cholesky(xx), xy).T)
    mean_x, mean_y = moments.means()
    return Readout(weights, mean_y - weights @ mean_x, float(lambda_), score)


def _check(lambda_: float) -> float:
    if isinstance(lambda_, bool) or not isinstance(lambda_, int | float | np.floating) or not 0 <= lambda_ < np.inf:
        raise ReservoirError(f"lambda_ is {lambda_!r}; a number of 0 or more is needed")
    return float(lambda_)
