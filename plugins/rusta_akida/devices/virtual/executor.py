"""Executing a program from its bytes, in integers only.

It is written apart from :mod:`rusta_akida.program.reference`, which it is compared with: weights are taken from the bytes
by a table, products are integer products, and activations compare with integers found by shifting.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_akida.program.layers import Activation, Geometry, LayerSpec
from rusta_akida.program.reading import Layer, Program

Int32 = npt.NDArray[np.int32]


class Executor:
    """A program, ready to run. Made anew when its bytes change."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._steps = [_Step(layer, program.program_data) for layer in program.layers]

    def replaced(self, program: Program, number: int) -> Executor:
        """For ``program``, which differs in the block of layer ``number`` only."""
        other = object.__new__(Executor)
        other._program = program
        other._steps = list(self._steps)
        other._steps[number] = _Step(program.layers[number], program.program_data)
        return other

    @property
    def in_features(self) -> int:
        return self._program.in_features

    @property
    def highest_input(self) -> int:
        return int(2 ** self._program.layers[0].spec.bits_in - 1)

    def run(self, inputs: npt.NDArray[np.uint8]) -> Int32:
        """int32 (rows, out_features) for uint8 (rows, in_features)."""
        values: Int32 = inputs.astype(np.int32)
        for step in self._steps:
            values = step.run(values)
        return values


class _Step:
    def __init__(self, layer: Layer, data: bytes) -> None:
        spec = layer.spec
        self._spec = spec
        raw = data[layer.offset : layer.end]
        count = spec.filters * spec.fan_in
        weights = _TABLES[spec.weight_bits][np.frombuffer(raw[: spec.weight_bytes], np.uint8)].ravel()[:count]
        # (fan-in, filters): one column for each output
        self._weights = np.ascontiguousarray(weights.reshape(spec.filters, spec.fan_in).T.astype(np.int32))
        self._biases = np.zeros(spec.filters, np.int32)
        if spec.biases:
            stored = _TABLES[4][np.frombuffer(raw[spec.weight_bytes :], np.uint8)].ravel()[: spec.filters]
            self._biases = stored.astype(np.int32) * np.int32(spec.bias_multiplier)
        self._levels = _levels(spec)

    def run(self, values: Int32) -> Int32:
        shape = self._spec.geometry
        potentials: Int32 = self._slide(shape, values) if shape else values @ self._weights + self._biases
        if self._levels is None:
            return potentials
        outputs: Int32 = np.zeros_like(potentials)
        for level in self._levels:
            outputs += potentials > level
        return outputs

    def _slide(self, shape: Geometry, values: Int32) -> Int32:
        """The kernel, tap by tap, over all places at once."""
        rows, height, width = len(values), shape.output_height, shape.output_width
        above, left = shape.margins[0][0], shape.margins[1][0]
        tall = (height - 1) * shape.stride + shape.kernel_size
        wide = (width - 1) * shape.stride + shape.kernel_size
        plane = np.zeros(
            (rows, max(tall, above + shape.height), max(wide, left + shape.width), shape.channels), np.int32
        )
        plane[:, above : above + shape.height, left : left + shape.width] = values.reshape(
            rows, shape.height, shape.width, shape.channels
        )
        taps = self._weights.reshape(shape.kernel_size, shape.kernel_size, shape.channels, -1)
        total = np.zeros((rows, height, width, self._spec.filters), np.int32)
        for y in range(shape.kernel_size):
            for x in range(shape.kernel_size):
                down = slice(y, y + (height - 1) * shape.stride + 1, shape.stride)
                across = slice(x, x + (width - 1) * shape.stride + 1, shape.stride)
                total += plane[:, down, across] @ taps[y, x]
        return (total + self._biases).reshape(rows, -1)


def _make_table(bits: int) -> npt.NDArray[np.int8]:
    """(256, values in a byte): what every byte holds, lowest bits first."""
    each = 8 // bits
    table = np.zeros((256, each), np.int8)
    for code in range(256):
        for place in range(each):
            value = code >> (place * bits) & (2**bits - 1)
            sign = 2 ** (bits - 1)
            table[code, place] = (-1 if value else 1) if bits == 1 else (value ^ sign) - sign
    return table


_TABLES = {bits: _make_table(bits) for bits in (1, 2, 4)}


def _levels(spec: LayerSpec) -> list[int] | None:
    """The integers that potentials are compared with, one for each step of the output; None gives potentials."""
    activation: Activation | None = spec.activation
    if activation is None:
        return None
    threshold, lower = float(spec.threshold).as_integer_ratio()
    step, other = float(activation.step).as_integer_ratio()
    # Both denominators are powers of two.
    common = max(lower, other)
    shift = common.bit_length() - 1
    whole = [
        (threshold * (common // lower) + k * step * (common // other)) >> shift for k in range(2**activation.bits - 1)
    ]
    return [max(-(1 << 31), min((1 << 31) - 1, level)) for level in whole]
