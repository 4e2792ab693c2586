"""The block of a layer in program_data: its weights, then its biases, each from a byte of its own.

Weights are rows of outputs (or filters), row-major, the first value in the low bits; see
:mod:`rusta_akida.quantiser.packing`. Biases have 4 bits. A convolution's row runs over kernel rows, kernel columns and
channels, in this order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import QuantiseError
from rusta_akida.program.errors import BuildError, ProgramError
from rusta_akida.program.layers import BIAS_BITS, LayerSpec
from rusta_akida.program.nibbles import pack_checked, unpack_quickly
from rusta_akida.quantiser.packing import LARGEST, Int8, pack, packed_size, unpack


@dataclass(frozen=True, eq=False)
class Weights:
    """weights: int8 (filters, fan-in); biases: int8 (filters,), zeros where none are stored."""

    weights: Int8
    biases: Int8


def pack_program_data(weights: npt.ArrayLike, biases: npt.ArrayLike | None = None, bits: int = 4) -> bytes:
    """The block of a layer from integers: ``weights`` (outputs, inputs), ``biases`` (outputs,) or None.

    Raises:
        QuantiseError: a value does not fit its bits; index and value are named.
    """
    return pack(weights, bits) + (b"" if biases is None else pack(biases, BIAS_BITS))


def integers(values: npt.ArrayLike | bytes, layer: LayerSpec, what: str, shape: tuple[int, ...], bits: int) -> Int8:
    """``values`` as the array of ``shape`` that a layer needs; packed bytes are taken apart.

    Raises:
        BuildError: they have another shape, or one does not fit its bits.
    """
    name = f"{layer.kind.label} {what}"
    count = int(np.prod(shape))
    if isinstance(values, bytes | bytearray | memoryview):
        try:
            return unpack(bytes(values), count, bits).reshape(shape)
        except QuantiseError as error:
            raise BuildError(f"{name}: {error}") from None
    given = np.asarray(values)
    if given.size != count or (given.ndim > 1 and given.shape[0] != shape[0]):
        raise BuildError(f"{name}: shape {given.shape} given, {shape} is needed")
    if given.dtype.kind not in "iu":
        raise BuildError(f"{name}: {given.dtype} given; quantise to integers first (rusta_akida.quantise)")
    flat = given.reshape(shape)
    if flat.min() < -LARGEST[bits] or flat.max() > LARGEST[bits] or (bits == 1 and not flat.all()):
        wrong = (flat > LARGEST[bits]) | (flat < -LARGEST[bits]) | ((bits == 1) & (flat == 0))
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        allowed = "-1 or 1" if bits == 1 else f"{-LARGEST[bits]} to {LARGEST[bits]}"
        raise BuildError(f"{name}: {int(flat[at])} at {at} is outside the range of {bits} bits ({allowed})")
    return np.ascontiguousarray(flat, np.int8)


def write_block(layer: LayerSpec, weights: Int8, biases: Int8 | None) -> bytes:
    """The bytes of a layer's block."""
    return pack_checked(weights, layer.weight_bits) + (b"" if biases is None else pack_checked(biases, BIAS_BITS))


def read_block(layer: LayerSpec, data: bytes, offset: int, number: int) -> Weights:
    """The weights and biases of a layer whose block is at ``offset``.

    Raises:
        ProgramError: a value lies outside the symmetric range, or spare bits are not zero.
    """
    found = []
    at = offset
    sections = [("weights", layer.filters * layer.fan_in, layer.weight_bits)]
    if layer.biases:
        sections.append(("biases", layer.filters, BIAS_BITS))
    for what, count, bits in sections:
        size = packed_size(count, bits)
        try:
            found.append(unpack_quickly(data[at : at + size], count, bits))
        except QuantiseError as error:
            raise ProgramError("program_data", at, f"layer {number} {what}", str(error)) from None
        at += size
    biases = found[1] if layer.biases else np.zeros(layer.filters, np.int8)
    return Weights(found[0].reshape(layer.filters, layer.fan_in), biases)
