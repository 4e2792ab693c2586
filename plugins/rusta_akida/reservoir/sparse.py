"""Sparse square matrices in compressed rows, and the random ones that reservoirs are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import ReservoirError

Float = npt.NDArray[np.floating]
TOPOLOGIES = ("random", "grouped")
GROUP = 4
SLICE = 8
LINE = 64
# Up to here every eigenvalue is computed; above, a Krylov space finds the largest.
EXACT_EIGENVALUES = 200


@dataclass(frozen=True, eq=False)
class Sliced:
    """What native/src/reservoir/matrix.rs describes: eight rows a slice, eight values a slot.

    columns: eight a slot; when ``grouped``, one code for each half of a slot.
    """

    starts: npt.NDArray[np.uint32]
    columns: npt.NDArray[np.uint16]
    values: Float
    grouped: bool


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """size x size in compressed rows. starts: (size + 1,); columns, values: one for each entry, row by row."""

    size: int
    starts: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    values: Float

    def __post_init__(self) -> None:
        entries = len(self.columns)
        fits = self.starts.shape == (self.size + 1,) and self.starts[0] == 0 and self.starts[-1] == entries
        if not fits or self.values.shape != (entries,) or (np.diff(self.starts) < 0).any():
            raise ReservoirError(f"rows of a {self.size}x{self.size} matrix don't fit its {entries} entries")
        if entries and (self.columns.min() < 0 or self.columns.max() >= self.size):
            raise ReservoirError(f"a column of a {self.size}x{self.size} matrix is outside 0..{self.size - 1}")
        if not np.isfinite(self.values).all():
            raise ReservoirError("a weight of the reservoir is not finite")

    @classmethod
    def from_dense(cls, dense: npt.ArrayLike) -> SparseMatrix:
        """The entries of ``dense`` that are not zero."""
        given = np.asarray(dense)
        if given.ndim != 2 or given.shape[0] != given.shape[1] or given.size == 0:
            raise ReservoirError(f"recurrent weights have shape {given.shape}; a square matrix is needed")
        rows, columns = np.nonzero(given)
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(given)))])
        values = given[rows, columns]
        return cls(len(given), starts, columns.astype(np.int64), values.astype(np.result_type(values, np.float32)))

    @cached_property
    def rows(self) -> npt.NDArray[np.int64]:
        """The row of each entry."""
        return np.repeat(np.arange(self.size), np.diff(self.starts))

    @cached_property
    def even(self) -> tuple[npt.NDArray[np.int64], Float]:
        """Columns and values as (size, widest row), filled up with column 0 and value 0."""
        counts = np.diff(self.starts)
        columns = np.zeros((self.size, int(counts.max(initial=1))), np.int64)
        values = np.zeros(columns.shape, self.values.dtype)
        place = np.arange(len(self.columns)) - self.starts[self.rows]
        columns[self.rows, place] = self.columns
        values[self.rows, place] = self.values
        return columns, values

    def dense(self) -> Float:
        """All of it."""
        whole = np.zeros((self.size, self.size), self.values.dtype)
        np.add.at(whole, (self.rows, self.columns), self.values)
        return whole

    def dot(self, vector: Float) -> Float:
        """Matrix times vector (size,)."""
        columns, values = self.even
        product: Float = np.einsum("ij,ij->i", values, vector[columns])
        return product

    def scaled(self, factor: float, dtype: npt.DTypeLike = np.float64) -> SparseMatrix:
        """This times ``factor``, in another width."""
        return SparseMatrix(self.size, self.starts, self.columns, (self.values * factor).astype(dtype))

    def sliced(self) -> Sliced:
        """The entries in slices of eight rows, as the native kernel reads them."""
        slices = -(-self.size // SLICE)
        counts = np.zeros(slices * SLICE, np.int64)
        counts[: self.size] = np.diff(self.starts)
        starts = np.concatenate([[0], np.cumsum(counts.reshape(-1, SLICE).max(axis=1))])
        columns = np.zeros((int(starts[-1]), SLICE), np.uint16)
        values = np.zeros(columns.shape, self.values.dtype)
        slot = starts[self.rows // SLICE] + np.arange(len(self.columns)) - self.starts[self.rows]
        columns[slot, self.rows % SLICE] = self.columns
        values[slot, self.rows % SLICE] = self.values
        codes = np.ascontiguousarray(columns[:, ::GROUP])
        lanes = np.tile(np.arange(GROUP, dtype=np.uint16), SLICE // GROUP)
        turned = np.repeat(codes, GROUP, axis=1)
        turned = turned // GROUP * GROUP + (turned + lanes) % GROUP
        grouped = self.size % GROUP == 0 and bool(np.array_equal(np.where(values == 0, columns, turned), columns))
        chosen = codes if grouped else columns
        return Sliced(starts.astype(np.uint32), _aligned(chosen.ravel()), _aligned(values.ravel()), grouped)


def _aligned(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy that begins at a cache line: no vector of it is split."""
    space = np.empty(array.nbytes + LINE, np.uint8)
    first = -space.ctypes.data % LINE
    copy = space[first : first + array.nbytes].view(array.dtype)
    copy[:] = array
    return copy


def random_matrix(size: int, sparsity: float, rng: np.random.Generator, topology: str = "random") -> SparseMatrix:
    """Normal weights; every row has the same number of entries, round((1 - sparsity)·size) and at least one.

    Args:
        topology: "random": every row its own columns. "grouped": four rows share their groups of four columns, each
            row one column of each group, in random rotation. That is as sparse and nearly as random, and needs no
            scattered loads: the native kernel is faster on it. The size must then be a multiple of four.
    """
    if not 0 <= sparsity < 1:
        raise ReservoirError(f"sparsity is {sparsity!r}; it is the share of weights that are zero, 0 to below 1")
    if topology not in TOPOLOGIES:
        raise ReservoirError(f"topology {topology!r} is not known; there are {', '.join(TOPOLOGIES)}")
    if topology == "grouped" and size % GROUP:
        raise ReservoirError(f"a grouped reservoir of {size} is not possible; take a multiple of {GROUP}")
    each = max(1, round((1 - sparsity) * size))
    if topology == "random":
        columns = _choices(size, size, each, rng)
    else:
        chosen = _choices(size // GROUP, size, each, rng)
        lanes = np.arange(GROUP)[:, None]
        turned = chosen[:, None, :] // GROUP * GROUP + (chosen[:, None, :] + lanes) % GROUP
        columns = turned.reshape(size, each)
    values = rng.standard_normal((size, each))
    starts = np.arange(size + 1, dtype=np.int64) * each
    return SparseMatrix(size, starts, columns.ravel().astype(np.int64), values.ravel())


def _choices(rows: int, size: int, each: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """``each`` different numbers below ``size`` for every row, in rising order."""
    return np.sort(np.stack([rng.choice(size, each, replace=False) for _ in range(rows)]), axis=1)


def spectral_radius(matrix: SparseMatrix, seed: int = 0) -> float:
    """The largest magnitude of an eigenvalue; above 200 rows from a Krylov space."""
    if matrix.size <= EXACT_EIGENVALUES:
        return float(np.abs(np.linalg.eigvals(matrix.dense().astype(np.float64))).max())
    return _krylov_radius(matrix, np.random.default_rng(seed))


def _krylov_radius(matrix: SparseMatrix, rng: np.random.Generator, dimensions: int = 120) -> float:
    """Arnoldi's iteration from a random start (Golub and Van Loan, Matrix Computations, 10.5)."""
    wide = matrix.scaled(1.0)
    start: Float = rng.standard_normal(matrix.size)
    for _ in range(100):  # powers first: they bring the large eigenvalues forward
        start = wide.dot(start)
        start = start / np.linalg.norm(start)
    basis = np.zeros((dimensions + 1, matrix.size))
    basis[0] = start
    upper = np.zeros((dimensions + 1, dimensions))
    for k in range(dimensions):
        fresh = wide.dot(basis[k])
        for _ in range(2):  # once more against rounding
            along = basis[: k + 1] @ fresh
            upper[: k + 1, k] += along
            fresh -= along @ basis[: k + 1]
        upper[k + 1, k] = np.linalg.norm(fresh)
        if upper[k + 1, k] < 1e-12:
            return float(np.abs(np.linalg.eigvals(upper[: k + 1, : k + 1])).max())
        basis[k + 1] = fresh / upper[k + 1, k]
    return float(np.abs(np.linalg.eigvals(upper[:dimensions])).max())
