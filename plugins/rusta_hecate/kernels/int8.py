"""Products with int8 matrices: the native kernel, and its NumPy twin with the same bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.errors import ShapeError
from rusta_hecate.kernels.binding import library, threads

Floats = NDArray[np.float32]


def limit(columns: int) -> int:
    """The largest whole number that a vector of this length may hold, so that no sum leaves 32 bits."""
    return min((2**31 - 1) // (127 * max(columns, 1)), 2**15 - 1)


def product(weights: NDArray[np.int8], factors: Floats, x: Floats) -> Floats:
    """x (N, columns) times the transpose of factors ⊙ weights (rows, columns) → (N, rows). ShapeError if they don't fit."""
    _check(weights, factors, x)
    kernels = library()
    if kernels is None:
        return product_numpy(weights, factors, x)
    w, f, v = np.ascontiguousarray(weights), np.ascontiguousarray(factors), np.ascontiguousarray(x)
    out: Floats = np.empty((x.shape[0], w.shape[0]), np.float32)
    kernels.call(
        "rusta_hecate_int8_product",
        w.ctypes.data, f.ctypes.data, v.ctypes.data, out.ctypes.data, *w.shape, v.shape[0], threads(),
    )  # fmt: skip
    return out


def product_numpy(weights: NDArray[np.int8], factors: Floats, x: Floats) -> Floats:
    """The twin."""
    _check(weights, factors, x)
    top = np.float32(limit(x.shape[1]))
    highest = np.abs(x).max(axis=1)
    live = highest > 0
    factor = np.divide(top, highest, out=np.zeros_like(highest), where=live)
    whole = np.clip(np.rint(x * factor[:, None]), -top, top)
    scale = np.where(live, highest / top, np.float32(0)).astype(np.float32)
    # Sums stay below 2**31, which doubles hold exactly, and BLAS multiplies doubles faster than NumPy integers.
    sums = whole.astype(np.float64) @ weights.T.astype(np.float64)
    out: Floats = sums.astype(np.float32) * (factors[None] * scale[:, None])
    return out


def _check(weights: NDArray[np.int8], factors: Floats, x: Floats) -> None:
    fits = weights.ndim == 2 and x.ndim == 2 and weights.shape[1] == x.shape[1] and factors.shape == weights.shape[:1]
    if not fits or weights.dtype != np.int8 or factors.dtype != np.float32 or x.dtype != np.float32:
        raise ShapeError(
            f"an int8 product needs (rows, columns) int8, (rows,) float32 and (N, columns) float32, not "
            f"{weights.shape} {weights.dtype}, {factors.shape} {factors.dtype}, {x.shape} {x.dtype}"
        )
