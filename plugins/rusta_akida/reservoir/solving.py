"""Linear systems with a symmetric positive definite matrix, by Cholesky in blocks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError

Float64 = npt.NDArray[np.float64]
BLOCK = 96


def cholesky(matrix: Float64) -> Float64:
    """The lower factor. ReservoirError when the matrix is not positive definite."""
    try:
        return np.asarray(np.linalg.cholesky(matrix), np.float64)
    except np.linalg.LinAlgError:
        raise ReservoirError(
            f"the states' {len(matrix)}x{len(matrix)} matrix is not positive definite: some units repeat others, or "
            "there are fewer samples than units; take a larger lambda_"
        ) from None


def solve_factored(lower: Float64, right: Float64) -> Float64:
    """The solution of (lower·lowerᵀ) x = right (size, columns)."""
    size = len(lower)
    starts = range(0, size, BLOCK)
    inverses = {at: np.linalg.inv(lower[at : at + BLOCK, at : at + BLOCK]) for at in starts}
    x = np.array(right, np.float64)
    for at in starts:
        end = min(at + BLOCK, size)
        x[at:end] = inverses[at] @ (x[at:end] - lower[at:end, :at] @ x[:at])
    for at in reversed(starts):
        end = min(at + BLOCK, size)
        x[at:end] = inverses[at].T @ (x[at:end] - lower[end:, at:end].T @ x[end:])
    return x
