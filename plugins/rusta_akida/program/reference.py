"""What a program has to answer, worked out from its integers with NumPy: the measure that devices are held to.

It shares no arithmetic with the virtual device: products go through float32 or float64 matrix products, which are exact
below 2^24 and 2^53, and activations through cut points found with exact fractions.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from rusta_akida.program.blocks import Weights
from rusta_akida.program.errors import BuildError
from rusta_akida.program.layers import Activation, Geometry, LayerSpec
from rusta_akida.program.reading import Program

Float = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]


def check_inputs(inputs: npt.ArrayLike, features: int, bits: int) -> npt.NDArray[np.uint8]:
    """Inputs as unsigned bytes (rows, features).

    Raises:
        BuildError: another width, or a value that ``bits`` do not hold.
    """
    given = np.atleast_2d(np.asarray(inputs))
    if given.ndim != 2 or given.shape[1] != features:
        raise BuildError(f"inputs have shape {given.shape}; rows of {features} values are needed")
    if given.size and given.dtype.kind not in "iu":
        raise BuildError(f"inputs are {given.dtype}; encode them to integers of {bits} bits first")
    if given.size and (given.min() < 0 or given.max() > 2**bits - 1):
        raise BuildError(f"inputs reach from {given.min()} to {given.max()}; {bits} bits hold 0 to {2**bits - 1}")
    return np.ascontiguousarray(given, np.uint8)


def reference_outputs(program: Program, inputs: npt.ArrayLike) -> Int32:
    """The outputs of ``program``: int32 (rows, out_features) for inputs (rows, in_features).

    Raises:
        BuildError: the inputs do not fit the first layer.
    """
    first = program.layers[0].spec
    values: Float = check_inputs(inputs, first.in_features, first.bits_in).astype(np.float64)
    for layer, weights in zip(program.layers, program.weights, strict=True):
        values = _layer(layer.spec, weights, values)
    return values.astype(np.int32)


def _layer(spec: LayerSpec, weights: Weights, values: Float) -> Float:
    width = np.float32 if spec.reach() < 1 << 24 else np.float64
    rows = _windows(spec.geometry, values) if spec.geometry else values
    potentials: Float = (rows.astype(width) @ weights.weights.T.astype(width)).astype(np.float64)
    potentials += weights.biases.astype(np.float64) * spec.bias_multiplier
    potentials = potentials.reshape(len(values), spec.out_features)
    if spec.activation is None:
        return potentials
    levels: Float = np.searchsorted(cuts(spec.threshold, spec.activation), potentials, side="left").astype(np.float64)
    return levels


def cuts(threshold: float, activation: Activation) -> Float:
    """The integers c_0 <= c_1 <= ... with: output > k exactly when potential > c_k.

    ceil((p - t) / s) > k is p > t + k·s; for an integer p that is p > floor(t + k·s).
    """
    exact = (math.floor(Fraction(threshold) + k * Fraction(activation.step)) for k in range(2**activation.bits - 1))
    # Potentials have at most 32 bits, so a cut beyond them may stand at the edge.
    return np.array([max(-(1 << 40), min(1 << 40, cut)) for cut in exact], np.float64)


def _windows(shape: Geometry, values: Float) -> Float:
    """(rows x places, window): what the kernel sees at every place, zeros outside the picture."""
    pictures = values.reshape(-1, shape.height, shape.width, shape.channels)
    pictures = np.pad(pictures, ((0, 0), *shape.margins, (0, 0)))
    size, stride = shape.kernel_size, shape.stride
    seen = np.lib.stride_tricks.sliding_window_view(pictures, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    seen = seen[:, : shape.output_height, : shape.output_width]  # (rows, height, width, channels, size, size)
    windows: Float = seen.transpose(0, 1, 2, 4, 5, 3).reshape(-1, shape.window)
    return windows
