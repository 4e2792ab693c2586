"""Real weights to small integers: by the largest magnitude, or with regard to what the weights are used on.

The second minimises the error of the *outputs* over calibration rows, (s·q - w)ᵀ H (s·q - w) with H = XᵀX, not of the
weights: columns are rounded one after the other and each error is passed on to those not yet rounded (optimal brain
surgeon, Hassibi and Stork 1993; in this order GPTQ, Frantar et al. 2022); then single steps are taken as long as one
lowers the error, and the scale is fitted again.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import QuantiseError
from rusta_akida.quantiser.packing import LARGEST, Int8, check_width

Float = npt.NDArray[np.float64]
# Scales that are tried, as shares of the largest magnitude's.
SHRINKS = np.linspace(0.25, 1.1, 18)


def max_abs(weights: npt.ArrayLike, bits: int = 4, *, per_channel: bool = False) -> tuple[Int8, Float]:
    """Integers q and scales s with s·q near the weights: s is the largest magnitude over the largest integer.

    This is the recipe of the source documents. Args: weights (outputs, inputs). Returns: int8 of that shape; (outputs,),
    all the same unless ``per_channel``.
    """
    given = _rows(weights)
    scales = _largest(given, per_channel) / LARGEST[check_width(bits)]
    return _round(given / scales[:, None], bits).astype(np.int8), scales


def hessian_aware(
    weights: npt.ArrayLike, hessian: npt.ArrayLike, bits: int = 4, *, per_channel: bool = True
) -> tuple[Int8, Float]:
    """Integers and scales that lose least on the rows that ``hessian`` (inputs, inputs) is the XᵀX of.

    It should have been made positive definite, by the λ of the ridge regression or a little more.
    """
    given = _rows(weights)
    curved = np.asarray(hessian, np.float64)
    if curved.shape != (given.shape[1],) * 2 or not np.isfinite(curved).all():
        raise QuantiseError(f"a hessian of shape {curved.shape} doesn't fit {given.shape[1]} inputs")
    full = _largest(given, per_channel) / LARGEST[check_width(bits)]
    upper, order = _feedback(curved)
    best, scales, loss = np.zeros(given.shape), full, np.full(len(given), np.inf)
    for shrink in SHRINKS:
        tried = full * shrink
        integers = _passed_on(given, upper, order, tried, bits)
        tried = _fit_scale(integers, given, curved, tried, per_channel)
        lost = _loss(integers, tried, given, curved)
        better = lost < loss if per_channel else np.full(len(given), lost.sum() < loss.sum())
        best = np.where(better[:, None], integers, best)
        scales, loss = np.where(better, tried, scales), np.where(better, lost, loss)
    for _ in range(4):
        _take_steps(best, scales, given, curved, bits)
        scales = _fit_scale(best, given, curved, scales, per_channel)
    return best.astype(np.int8), scales


def _rows(weights: npt.ArrayLike) -> Float:
    given = np.atleast_2d(np.asarray(weights, np.float64))
    if given.ndim != 2 or given.size == 0 or not np.isfinite(given).all():
        raise QuantiseError(f"weights of shape {given.shape} can't be quantised; finite (outputs, inputs) are needed")
    return given


def _largest(weights: Float, per_channel: bool) -> Float:
    reach = np.abs(weights).max(axis=1) if per_channel else np.full(len(weights), np.abs(weights).max())
    return np.where(reach > 0, reach, 1.0)


def _round(values: Float, bits: int) -> Float:
    """The nearest allowed integers."""
    if bits == 1:
        return np.where(values < 0, -1.0, 1.0)
    rounded: Float = np.clip(np.rint(values), -LARGEST[bits], LARGEST[bits])
    return rounded


def _feedback(hessian: Float) -> tuple[Float, npt.NDArray[np.int64]]:
    """The upper Cholesky factor of H⁻¹, and the order of columns it is for: the largest diagonal first."""
    order = np.argsort(-np.diag(hessian), kind="stable")
    ordered = hessian[np.ix_(order, order)]
    try:
        inverse = np.linalg.inv(np.linalg.cholesky(ordered))
        upper = np.linalg.cholesky(inverse.T @ inverse).T
    except np.linalg.LinAlgError:
        raise QuantiseError("the hessian is not positive definite; add a larger lambda to its diagonal") from None
    return np.ascontiguousarray(upper, np.float64), order


def _passed_on(weights: Float, upper: Float, order: npt.NDArray[np.int64], scales: Float, bits: int) -> Float:
    left = weights[:, order].copy()
    integers = np.empty(left.shape)
    for k in range(left.shape[1]):
        integers[:, k] = _round(left[:, k] / scales, bits)
        error = (left[:, k] - scales * integers[:, k]) / upper[k, k]
        left[:, k + 1 :] -= np.outer(error, upper[k, k + 1 :])
    placed = np.empty(integers.shape)
    placed[:, order] = integers
    return placed


def _loss(integers: Float, scales: Float, weights: Float, hessian: Float) -> Float:
    off = scales[:, None] * integers - weights
    lost: Float = np.einsum("ij,ij->i", off @ hessian, off)
    return lost


def _fit_scale(integers: Float, weights: Float, hessian: Float, scales: Float, per_channel: bool) -> Float:
    """The scales of least loss for given integers; those that would not be positive stay as they are."""
    curved = integers @ hessian
    above, below = np.einsum("ij,ij->i", curved, weights), np.einsum("ij,ij->i", curved, integers)
    if not per_channel:
        above, below = np.full(len(above), above.sum()), np.full(len(below), below.sum())
    usable = (below > 0) & (above > 0)
    return np.where(usable, above / np.where(usable, below, 1), scales)


def _take_steps(integers: Float, scales: Float, weights: Float, hessian: Float, bits: int) -> None:
    """Change single integers, in place, the one that gains most first, until none gains."""
    stride = 2.0 if bits == 1 else 1.0
    diagonal = np.diag(hessian)
    for row, scale in zip(range(len(integers)), scales, strict=True):
        slope = (scale * integers[row] - weights[row]) @ hessian
        step = scale * stride
        for _ in range(8 * integers.shape[1]):
            sign = np.where(slope > 0, -1.0, 1.0)
            blocked = np.abs(integers[row] + stride * sign) > LARGEST[bits]
            change = np.where(blocked, np.inf, step * step * diagonal - 2 * step * np.abs(slope))
            at = int(np.argmin(change))
            if change[at] >= -1e-12 * step * step * diagonal[at]:
                break
            integers[row, at] += stride * sign[at]
            slope = slope + step * sign[at] * hessian[at]
