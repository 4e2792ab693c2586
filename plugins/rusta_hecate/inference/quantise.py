"""From a training checkpoint to an int8 file: each row of each matrix gets one factor, the largest magnitude over 127."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.container import Arrays, load, save
from rusta_hecate.errors import FileDamaged, HecateError

KIND = "int8"
MOST_LOSS = 0.02
_PREFIX = "model."


class QuantisationRefused(HecateError):
    """The int8 weights lose too much."""


def quantised(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(rows, columns) → int8 of the same shape and (rows,) factors: weights ≈ factors[:, None] · int8."""
    highest = np.abs(weights).max(axis=1)
    factors = (highest / 127.0).astype(np.float32)
    safe = np.where(factors > 0, factors, np.float32(1))
    return np.clip(np.rint(weights / safe[:, None]), -127, 127).astype(np.int8), factors


def weights_of(header: Mapping[str, Any], arrays: Arrays, where: str) -> Arrays:
    """The model's float weights of a training checkpoint, by their names in the model.

    :raises FileDamaged: if the file is of another kind.
    """
    if header.get("kind") != "training":
        raise FileDamaged(f"{where}: holds {header.get('kind')!r}; give the checkpoint of a training run")
    return {name.removeprefix(_PREFIX): array for name, array in arrays.items() if name.startswith(_PREFIX)}


def int8_arrays(weights: Mapping[str, NDArray[np.float32]]) -> Arrays:
    """What an int8 file holds: matrices as ``NAME`` and ``NAME.factors``, vectors as they are."""
    arrays: Arrays = {}
    for name, array in weights.items():
        if array.ndim == 2:
            arrays[name], arrays[f"{name}.factors"] = quantised(array)
        else:
            arrays[name] = array
    return arrays


def float_arrays(arrays: Arrays) -> Arrays:
    """Back to float32: exactly what the int8 file stands for."""
    return {
        name: array.astype(np.float32) * arrays[f"{name}.factors"][:, None] if array.dtype == np.int8 else array
        for name, array in arrays.items()
        if not name.endswith(".factors")
    }


def export(checkpoint: Path, target: Path, bits: Callable[[Mapping[str, Any], Arrays], float]) -> dict[str, Any]:
    """Write the int8 file of a checkpoint; its header.

    ``bits`` measures bits per byte of float weights (given with the checkpoint's header) on held-out text.

    :raises QuantisationRefused: if int8 costs more than 2 % of bits per byte. Nothing is written then.
    """
    header, arrays = load(checkpoint)
    weights = weights_of(header, arrays, str(checkpoint))
    small = int8_arrays(weights)
    before, after = bits(header, weights), bits(header, float_arrays(small))
    if not after <= before * (1 + MOST_LOSS):
        raise QuantisationRefused(
            f"{checkpoint}: int8 needs {after:.4f} bits a byte where float32 needs {before:.4f}, more than "
            f"{MOST_LOSS:.0%} worse; train longer with a smaller rate, and quantise again"
        )
    kept = {
        "kind": KIND,
        "config": header["config"],
        "training": {key: header[key] for key in ("settings", "step", "elapsed", "corpus")},
        "bits_float32": round(before, 5),
        "bits_int8": round(after, 5),
    }
    save(target, kept, small)
    return kept
