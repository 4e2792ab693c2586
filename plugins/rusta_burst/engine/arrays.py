"""Arguments brought to the type the kernels take, or refused with the name, what was expected and what came."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.errors import InvalidInput

#: Ids are places in arrays; a table for more than this many neurons would be mostly empty.
MAX_NEURONS = 1 << 30
MAX_SYNAPSES = 2**32 - 2


def vector(name: str, values: object, length: int | None = None) -> NDArray[Any]:
    """``values`` as a one-dimensional array of numbers.

    Raises:
        InvalidInput: it is no such array, or not ``length`` long.
    """
    try:
        given = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"{name}: expected an array of numbers ({error})") from None
    if given.ndim != 1:
        raise InvalidInput(f"{name}: expected one dimension, got shape {given.shape}")
    if given.size and given.dtype.kind not in "biuf":
        raise InvalidInput(f"{name}: expected numbers, got dtype {given.dtype}")
    if length is not None and given.size != length:
        raise InvalidInput(f"{name}: expected {length} values, got {given.size}")
    return given


def whole(name: str, values: object, dtype: type[np.generic], top: int, length: int | None = None) -> NDArray[Any]:
    """Whole numbers from 0 to ``top`` as a contiguous array of ``dtype``; not copied when it is one already.

    Raises:
        InvalidInput: naming the first value that does not fit.
    """
    given = vector(name, values, length)
    if given.size:
        if given.dtype.kind == "f":
            with np.errstate(invalid="ignore"):
                fits = (given >= 0) & (given <= top) & (given == np.floor(given))
            if not fits.all():
                _refuse(name, given, fits, top)
        elif given.dtype.kind != "b":
            low, high = int(given.min()), int(given.max())
            if low < 0 or high > top:
                _refuse(name, given, (given >= 0) & (given <= top), top)
    return np.ascontiguousarray(given, dtype=dtype)


def _refuse(name: str, given: NDArray[Any], fits: NDArray[np.bool_], top: int) -> None:
    place = int(np.argmin(fits))
    raise InvalidInput(f"{name}[{place}] is {given[place]!s}; expected whole numbers from 0 to {top}")


def distinct_ids(name: str, values: object, neurons: int) -> NDArray[np.uint32]:
    """Ids below ``neurons``, each once, in their order.

    Raises:
        InvalidInput: an id that does not exist, or one that stands twice.
    """
    ids: NDArray[np.uint32] = whole(name, values, np.uint32, neurons - 1)
    if ids.size > 1 and not bool((ids[1:] > ids[:-1]).all()):
        ordered = np.sort(ids)
        same = ordered[1:] == ordered[:-1]
        if same.any():
            raise InvalidInput(f"{name}: {int(ordered[int(np.argmax(same))])} stands twice; name each neuron once")
    return ids


def buffer(name: str, values: object, length: int) -> NDArray[np.int32]:
    """``values`` itself, made sure to be an array that sums can be written to.

    Raises:
        InvalidInput: not a writable, contiguous int32 array of ``length`` elements.
    """
    if not isinstance(values, np.ndarray):
        raise InvalidInput(f"{name}: expected an int32 array of {length} elements, got {type(values).__name__}")
    if values.dtype != np.int32 or values.shape != (length,):
        raise InvalidInput(
            f"{name}: expected an int32 array of {length} elements, got {values.dtype} of shape {values.shape}"
        )
    if not (values.flags.c_contiguous and values.flags.writeable):
        raise InvalidInput(f"{name}: expected a contiguous, writable array")
    return values
