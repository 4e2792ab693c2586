"""Steps of a reservoir: the native kernel, and its NumPy twin.

Both turn a buffer that holds the drive (input weights times input, plus bias) into the states, in place:
s(t) = (1 - leak)·s(t-1) + leak·tanh(W·s(t-1) + drive(t)).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

import rusta_native
from rusta_akida.errors import ReservoirError
from rusta_akida.reservoir.sparse import Float, SparseMatrix

# Columns are 16 bits wide in the native form.
LARGEST_NATIVE = 65_535
# Up to here the twin multiplies a batch by the whole matrix.
LARGEST_DENSE = 4_096
_CODE = {np.dtype(np.float32): ctypes.c_float, np.dtype(np.float64): ctypes.c_double}


class Kernel:
    """The weights, prepared once. ``native`` says which of the two runs."""

    def __init__(self, matrix: SparseMatrix, leak: float, *, native: bool | None = None) -> None:
        """``native``: True insists, False takes the twin, None takes what there is."""
        self.matrix, self.leak = matrix, leak
        function = None if native is False or matrix.size > LARGEST_NATIVE else _function(matrix.values.dtype)
        if native and function is None:
            raise ReservoirError("the native kernel was asked for and is not available; see `rusta doctor`")
        self._function = function
        self._whole: Float | None = None
        if function is not None:
            self._sliced = sliced = matrix.sliced()
            arrays = (sliced.starts, sliced.columns, sliced.values)
            self._weights = _weights_type(matrix.values.dtype)(
                matrix.size, int(sliced.starts[-1]), int(sliced.grouped), *(array.ctypes.data for array in arrays)
            )

    @property
    def native(self) -> bool:
        return self._function is not None

    def advance(self, state: Float, out: Float, *, plain: bool = False) -> None:
        """Run sequences side by side; ``state`` becomes the last states.

        Args:
            state: (sequences, size). out: (sequences, steps, size), drive in, states out, of the weights' width. The
                steps of a sequence lie together. plain: the native code for any CPU, to compare with.
        """
        sequences, steps, size = out.shape
        dtype = self.matrix.values.dtype
        fits = state.shape == (sequences, size) and size == self.matrix.size
        # Sequences may lie apart (a chunk of their steps); the steps of each must not.
        apart, rest = divmod(out.strides[0], dtype.itemsize)
        together = out[:1].flags.c_contiguous and rest == 0 and (sequences < 2 or apart >= steps * size)
        if not fits or not (state.flags.c_contiguous and together):
            raise ReservoirError(f"states {state.shape} and buffer {out.shape} don't fit {self.matrix.size} units")
        if state.dtype != dtype or out.dtype != dtype:
            raise ReservoirError(f"states are {state.dtype}, the buffer {out.dtype}, the weights {dtype}")
        if self._function is None:
            self._twin(state, out)
            return
        series = _series_type(dtype)(
            sequences, steps, size, apart, state.ctypes.data, out.ctypes.data, self.leak, int(plain)
        )
        done = self._function(ctypes.byref(self._weights), ctypes.byref(series))
        if done < 0:
            raise ReservoirError(f"the native kernel failed with {done}")

    def _twin(self, state: Float, out: Float) -> None:
        if out.shape[0] > 1 and self.matrix.size <= LARGEST_DENSE:
            if self._whole is None:
                self._whole = self.matrix.dense().T.copy()
            whole = self._whole
            product: Callable[[Float], Float] = lambda states: states @ whole  # noqa: E731
        else:
            product = self._rowwise
        for step in range(out.shape[1]):
            fresh = np.tanh(product(state) + out[:, step])
            state *= 1 - self.leak
            state += self.leak * fresh
            out[:, step] = state

    def _rowwise(self, states: Float) -> Float:
        return np.stack([self.matrix.dot(row) for row in states])


@cache
def _function(dtype: np.dtype[Any]) -> Callable[..., int] | None:
    library = rusta_native.load()
    name = {4: "rusta_reservoir_run_f32", 8: "rusta_reservoir_run_f64"}[dtype.itemsize]
    if library is None or not hasattr(library.handle, name):
        return None
    function: Callable[..., int] = getattr(library.handle, name)
    function.restype = ctypes.c_int64  # type: ignore[attr-defined]
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p]  # type: ignore[attr-defined]
    return function


@cache
def _weights_type(dtype: np.dtype[Any]) -> type[ctypes.Structure]:
    pointers = [(name, ctypes.c_void_p) for name in ("starts", "columns", "values")]
    sizes = [(name, ctypes.c_size_t) for name in ("rows", "slots", "grouped")]
    fields = [*sizes, *pointers]
    return type(f"Weights{dtype.name}", (ctypes.Structure,), {"_fields_": fields})


@cache
def _series_type(dtype: np.dtype[Any]) -> type[ctypes.Structure]:
    sizes = [(name, ctypes.c_size_t) for name in ("sequences", "steps", "stride", "apart")]
    pointers = [("state", ctypes.c_void_p), ("out", ctypes.c_void_p)]
    fields = [*sizes, *pointers, ("leak", _CODE[dtype]), ("plain", ctypes.c_int32)]
    return type(f"Series{dtype.name}", (ctypes.Structure,), {"_fields_": fields})


def as_rows(values: npt.ArrayLike, width: int, what: str) -> npt.NDArray[np.float64]:
    """``values`` (steps,), (steps, width) or (sequences, steps, width) as float64 with the last axis ``width``.

    Raises ReservoirError, naming what it is about, for another shape or values that are not finite.
    """
    given = np.asarray(values, np.float64)
    if given.ndim == 1 and width == 1:
        given = given[:, None]
    if given.ndim not in (2, 3) or given.shape[-1] != width:
        raise ReservoirError(
            f"{what} has shape {given.shape}; (steps, {width}) or (sequences, steps, {width}) is needed"
        )
    if not np.isfinite(given).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(given))[0])
        raise ReservoirError(f"{what} holds {given[at]} at {at}; leave such steps out or fill them")
    return given
