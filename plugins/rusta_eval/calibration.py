"""How far an offer can be trusted: logistic fits of what was right on what was known when it was offered.

There is one for each number that the product tells (:mod:`rusta_cargo.repair.trust`): *confidence* is fitted on what the
judge calls a good repair, *verbatim* on what is the author's text, where that is known. The features are those that the
product itself wrote down with its offer; records without them are from an earlier product and are passed over. Fitted by
iteratively reweighted least squares with a ridge penalty (McCullagh and Nelder 1989, ch. 4) on one half of crates and
codes; the expected calibration error is told for the other half, before and after.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rusta_cargo import FEATURES, by_weights
from rusta_eval.measures import Record, ece, exact, fixed, original_known, reliability

RIDGE = 1.0
FEWEST = 10
# A few hundred cases may say by chance that a likelier, smaller or safer patch is less right; a feature that does is left out.
SIGNS = {
    "log_prior": 1, "weakest": 1, "log_tokens": -1, "log_lines": -1, "detours": -1, "medium": -1, "high": -1,
    "rivals": -1, "imports": -1, "invents": -1, "deletes": -1,
}  # fmt: skip
_ROUNDS = 50


@dataclass(frozen=True)
class Fit:
    """Weights of :data:`FEATURES`, and how good they are. ece_before: of the product's own number, held out."""

    weights: tuple[float, ...]
    learnt: int
    held_out: int
    ece_before: float | None
    ece_after: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "weights": [round(w, 5) for w in self.weights],
            "learnt_on": self.learnt,
            "held_out": self.held_out,
            "ece_before": self.ece_before,
            "ece_after": self.ece_after,
        }


def known(record: Record) -> tuple[float, ...] | None:
    """What the product knew of an offer when it made it, in the order of :data:`FEATURES`; None when it did not say."""
    told = (record["product"].get("known") or {}).get("features", {})
    return tuple(float(told[name]) for name in FEATURES) if all(name in told for name in FEATURES) else None


def fits(learn: Sequence[Record], measure: Sequence[Record]) -> dict[str, Fit]:
    """The fit of each number that there is enough to fit for."""
    heads: tuple[tuple[str, Callable[[Record], bool], Callable[[Record], bool]], ...] = (
        ("confidence", fixed, lambda _record: True),
        ("verbatim", exact, original_known),
    )
    found = {head: fit(head, [*filter(of, learn)], [*filter(of, measure)], truth) for head, truth, of in heads}
    return {head: made for head, made in found.items() if made is not None}


def fit(head: str, learn: Sequence[Record], measure: Sequence[Record], truth: Callable[[Record], bool]) -> Fit | None:
    """The fit of ``truth`` on ``learn``; None when there is nothing to fit: fewer than ten offers, or all alike."""
    offers = [(features, truth(r)) for r in learn if r["product"]["offered"] and (features := known(r)) is not None]
    truths = [right for _, right in offers]
    if len(offers) < FEWEST or len(set(truths)) < 2:
        return None
    weights = sensible([features for features, _ in offers], truths)
    held = [r for r in measure if r["product"]["offered"] and known(r) is not None]
    return Fit(
        weights,
        len(offers),
        len(held),
        ece(reliability(held, truth, lambda r: r["product"].get(head))),
        ece(reliability(held, truth, lambda r: told(head, weights, r))),
    )


def told(head: str, weights: Sequence[float], record: Record) -> float | None:
    """The number that the product would tell of an offer with these weights."""
    features = known(record)
    if features is None:
        return None
    return by_weights(weights, features) * float(record["product"]["known"]["factors"][head])


def sensible(rows: Sequence[Sequence[float]], truths: Sequence[bool]) -> tuple[float, ...]:
    """Weights of :data:`FEATURES` with the signs of :data:`SIGNS`; 0 for a feature that the data give the other sign."""
    used = list(range(len(FEATURES)))
    while True:
        found = logistic([[row[i] for i in used] for row in rows], truths)
        wrong = [i for i, weight in zip(used, found, strict=True) if weight * SIGNS.get(FEATURES[i], 0) < 0]
        if not wrong:
            weights = dict(zip(used, found, strict=True))
            return tuple(weights.get(i, 0.0) for i in range(len(FEATURES)))
        used = [i for i in used if i not in wrong]


def logistic(rows: Sequence[Sequence[float]], truths: Sequence[bool], ridge: float = RIDGE) -> tuple[float, ...]:
    """Weights that make ``truths`` most likely; the first column is the bias and is not penalised."""
    width = len(rows[0])
    weights = [0.0] * width
    for _ in range(_ROUNDS):
        gradient = [0.0] * width
        curvature = [[0.0] * width for _ in range(width)]
        for row, truth in zip(rows, truths, strict=True):
            p = _sigmoid(_dot(weights, row))
            spread = max(1e-9, p * (1 - p))
            for i in range(width):
                gradient[i] += (truth - p) * row[i]
                for j in range(width):
                    curvature[i][j] += spread * row[i] * row[j]
        for i in range(width):
            penalty = ridge if i else 1e-6
            gradient[i] -= penalty * weights[i]
            curvature[i][i] += penalty
        step = _solve(curvature, gradient)
        size = max(map(abs, step))
        scale = min(1.0, 5.0 / size) if size else 1.0
        weights = [w + scale * s for w, s in zip(weights, step, strict=True)]
        if size < 1e-8:
            break
    return tuple(weights)


def _solve(matrix: list[list[float]], right_side: list[float]) -> list[float]:
    """Gaussian elimination with pivoting; the matrix is positive definite by the ridge."""
    size = len(right_side)
    rows = [[*matrix[i], right_side[i]] for i in range(size)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(rows[i][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for i in range(column + 1, size):
            factor = rows[i][column] / rows[column][column]
            for j in range(column, size + 1):
                rows[i][j] -= factor * rows[column][j]
    solution = [0.0] * size
    for i in reversed(range(size)):
        rest = sum(rows[i][j] * solution[j] for j in range(i + 1, size))
        solution[i] = (rows[i][size] - rest) / rows[i][i]
    return solution


def _dot(left: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, other, strict=True))


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    return math.exp(value) / (1.0 + math.exp(value))
