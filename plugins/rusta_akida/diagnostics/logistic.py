"""Softmax regression in NumPy, the plain thing to hold a readout beside: full batches, Nesterov, L2."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)


class LogisticRegression:
    """Features are standardised; the penalty is chosen on a quarter of the rows, then all are used."""

    def __init__(self, rows: Float, targets: Float) -> None:
        self.mean, self.spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
        x = (rows - self.mean) / self.spread
        aside = np.arange(len(x)) % 4 == 0
        scores = {}
        for penalty in PENALTIES:
            weights = _fit(x[~aside], targets[~aside], penalty)
            scores[penalty] = np.mean(_values(weights, x[aside]).argmax(1) == targets[aside].argmax(1))
        self.penalty = max(scores, key=lambda penalty: (scores[penalty], penalty))
        self.weights = _fit(x, targets, self.penalty)

    def classes(self, rows: Float) -> npt.NDArray[np.intp]:
        """The index of the likeliest class of each row."""
        likeliest: npt.NDArray[np.intp] = _values(self.weights, (rows - self.mean) / self.spread).argmax(axis=1)
        return likeliest


def _values(weights: Float, x: Float) -> Float:
    values: Float = x @ weights[:-1] + weights[-1]
    return values


def _fit(x: Float, targets: Float, penalty: float, rounds: int = 400) -> Float:
    weights = np.zeros((x.shape[1] + 1, targets.shape[1]))
    speed = np.zeros_like(weights)
    # The Hessian is at most half of the largest eigenvalue of XᵀX / n, plus the penalty.
    rate = 1 / (0.5 * float(np.linalg.norm(x, 2)) ** 2 / len(x) + 0.5 + penalty)
    for step in range(rounds):
        ahead = weights + step / (step + 3) * speed
        values = _values(ahead, x)
        shares = np.exp(values - values.max(axis=1, keepdims=True))
        off = shares / shares.sum(axis=1, keepdims=True) - targets
        slope = np.vstack([x.T @ off / len(x) + penalty * ahead[:-1], off.mean(axis=0)])
        fresh = ahead - rate * slope
        weights, speed = fresh, fresh - weights
    return weights
