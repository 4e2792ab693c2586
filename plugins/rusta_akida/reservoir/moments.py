"""What a linear readout needs to know of its data, gathered piece by piece: sums of products, never the rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError
from rusta_akida.reservoir.solving import Float64


def as_targets(values: npt.ArrayLike, rows: int) -> Float64:
    """Targets (rows,) or (rows, outputs) as (rows, outputs). ReservoirError for another length or not finite values."""
    given = np.asarray(values, np.float64)
    if given.ndim == 1:
        given = given[:, None]
    if given.ndim != 2 or len(given) != rows or given.shape[1] == 0:
        raise ReservoirError(f"targets have shape {given.shape} for {rows} rows of states; one row each is needed")
    if not np.isfinite(given).all():
        raise ReservoirError("a target is not finite")
    return given


def as_states(values: npt.ArrayLike) -> npt.NDArray[np.floating]:
    """States as (rows, size), float32 or float64."""
    given = np.asarray(values)
    if given.dtype.kind != "f":
        given = given.astype(np.float64)
    if given.ndim != 2 or given.size == 0:
        raise ReservoirError(f"states have shape {given.shape}; (rows, size) is needed")
    return given


class Moments:
    """Sums over all rows seen: count, Σx, Σy, Σxxᵀ, Σxyᵀ, Σy². Two of them add up by :meth:`merge`.

    Everything is kept relative to the means of the first piece, so that centring loses no digits.
    """

    def __init__(self, size: int, outputs: int) -> None:
        self.size, self.outputs = size, outputs
        self.count = 0
        self.origin_x: Float64 = np.zeros(size)
        self.origin_y: Float64 = np.zeros(outputs)
        self.sum_x: Float64 = np.zeros(size)
        self.sum_y: Float64 = np.zeros(outputs)
        self.xx: Float64 = np.zeros((size, size))
        self.xy: Float64 = np.zeros((size, outputs))
        self.yy: Float64 = np.zeros(outputs)

    def add(self, states: npt.ArrayLike, targets: npt.ArrayLike) -> None:
        """Take in rows of states (rows, size) and of targets (rows, outputs)."""
        x = as_states(states)
        y = as_targets(targets, len(x))
        if x.shape[1] != self.size or y.shape[1] != self.outputs:
            raise ReservoirError(
                f"{x.shape[1]} units and {y.shape[1]} outputs come after {self.size} and {self.outputs}"
            )
        if not np.isfinite(x).all():
            raise ReservoirError("a state is not finite")
        if self.count == 0:
            self.origin_x, self.origin_y = x.mean(axis=0, dtype=np.float64), y.mean(axis=0)
        x = x - self.origin_x  # float64 from here on
        y = y - self.origin_y
        self.count += len(x)
        self.sum_x += x.sum(axis=0)
        self.sum_y += y.sum(axis=0)
        self.xx += x.T @ x
        self.xy += x.T @ y
        self.yy += np.einsum("ij,ij->j", y, y)

    def merge(self, other: Moments) -> None:
        """Take in what another one has seen."""
        if (other.size, other.outputs) != (self.size, self.outputs):
            raise ReservoirError(f"sums over {other.size} units don't add to sums over {self.size}")
        if other.count == 0:
            return
        if self.count == 0:
            self.origin_x, self.origin_y = other.origin_x, other.origin_y
        dx, dy = other.origin_x - self.origin_x, other.origin_y - self.origin_y
        n = other.count
        self.count += n
        self.sum_x += other.sum_x + n * dx
        self.sum_y += other.sum_y + n * dy
        cross = np.outer(other.sum_x, dx)
        self.xx += other.xx + cross + cross.T + n * np.outer(dx, dx)
        self.xy += other.xy + np.outer(other.sum_x, dy) + np.outer(dx, other.sum_y) + n * np.outer(dx, dy)
        self.yy += other.yy + 2 * dy * other.sum_y + n * dy * dy

    def means(self) -> tuple[Float64, Float64]:
        """Of the states, and of the targets."""
        self._need_rows()
        return self.origin_x + self.sum_x / self.count, self.origin_y + self.sum_y / self.count

    def centred(self) -> tuple[Float64, Float64, Float64]:
        """Σ(x-x̄)(x-x̄)ᵀ, Σ(x-x̄)(y-ȳ)ᵀ and Σ(y-ȳ)²."""
        self._need_rows()
        n = self.count
        xx = self.xx - np.outer(self.sum_x, self.sum_x) / n
        xy = self.xy - np.outer(self.sum_x, self.sum_y) / n
        return xx, xy, self.yy - self.sum_y**2 / n

    def _need_rows(self) -> None:
        if self.count < 2:
            raise ReservoirError(f"{self.count} rows of states are too few to fit a readout")
