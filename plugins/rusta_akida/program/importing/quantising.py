"""From the numbers of a file to the integers of a layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.program.errors import ImportFailed
from rusta_akida.quantiser.packing import LARGEST, Int8
from rusta_akida.quantiser.rounding import max_abs


@dataclass(frozen=True, eq=False)
class Integers:
    """weights: int8 (rows, fan-in); biases: int8 (rows,) or None, times ``bias_multiplier``; scale: float (rows,), what
    one unit of a potential stands for when inputs stand for themselves."""

    weights: Int8
    biases: Int8 | None
    bias_multiplier: int
    scale: npt.NDArray[np.float64]


def to_integers(weights: npt.NDArray[Any], biases: npt.NDArray[Any] | None, bits: int, source: str) -> Integers:
    """Integers as they are, or floats rounded with one scale for each row.

    Raises:
        ImportFailed: they are no numbers, not finite, or integers that do not fit.
    """
    if weights.ndim != 2 or not weights.size:
        raise ImportFailed(f"{source}: weights have shape {weights.shape}; (outputs, inputs) is needed")
    rows = len(weights)
    if biases is not None and biases.shape != (rows,):
        raise ImportFailed(f"{source}: biases have shape {biases.shape}; ({rows},) is needed")
    for name, values in (("weights", weights), ("biases", biases)):
        if values is not None and values.dtype.kind not in "iuf":
            raise ImportFailed(f"{source}: {name} are {values.dtype}; numbers are needed")
        if values is not None and not np.isfinite(values).all():
            raise ImportFailed(f"{source}: {name} hold a value that is not finite")
    if weights.dtype.kind in "iu":
        if np.abs(weights.astype(np.int64)).max() > LARGEST[bits]:
            raise ImportFailed(f"{source}: weights reach {np.abs(weights).max()}; {bits} bits hold {LARGEST[bits]}")
        ints, scale = weights.astype(np.int8), np.ones(rows)
    else:
        ints, scale = max_abs(weights, bits, per_channel=True)
        scale = np.broadcast_to(np.asarray(scale, np.float64).ravel(), (rows,)).copy()
    if biases is None:
        return Integers(ints, None, 1, scale)
    wanted = biases.astype(np.float64) / scale
    multiplier = max(1, math.ceil(float(np.abs(wanted).max()) / 7 - 1e-9))
    if multiplier > 1 << 20:
        raise ImportFailed(f"{source}: biases are {multiplier} times too large for the weights")
    return Integers(ints, np.rint(wanted / multiplier).astype(np.int8), multiplier, scale)
