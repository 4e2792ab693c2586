"""What a layer of a program is, before and after it is bytes."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from rusta_akida.program.errors import BuildError, UnsupportedLayer
from rusta_akida.quantiser.packing import packed_size

U16 = 0xFFFF
BIAS_BITS = 4
_FLOAT = struct.Struct("<f")
Padding = Literal["valid", "same"]

# Kinds that people ask for, and what to do instead.
_ELSEWHERE = {
    "lstm": "keep the recurrence on the host (a reservoir) and put its readout on the chip",
    "gru": "keep the recurrence on the host (a reservoir) and put its readout on the chip",
    "rnn": "keep the recurrence on the host (a reservoir) and put its readout on the chip",
    "attention": "the chip multiplies by stored weights only; attention multiplies activations by activations",
    "multiheadattention": "the chip multiplies by stored weights only; attention multiplies activations by activations",
    "softmax": "take the largest potential on the host",
}


def as_float32(value: float) -> float:
    """The float32 nearest to ``value``, which is what a program stores; NaN when there is no finite one."""
    try:
        (stored,) = _FLOAT.unpack(_FLOAT.pack(value))
    except (OverflowError, struct.error):
        return math.nan
    return float(stored) if math.isfinite(stored) else math.nan


class LayerType(IntEnum):
    """The code of a layer in its record."""

    INPUT_CONV = 1
    FULLY_CONNECTED = 2

    @classmethod
    def of(cls, kind: LayerType | str | int) -> LayerType:
        """The type that a name such as ``"fully_connected"``, ``"FC"`` or a code means.

        Raises:
            UnsupportedLayer: the chip has no such layer; the message says what to do instead.
        """
        if isinstance(kind, str):
            name = kind.replace("_", "").replace("-", "").lower()
            known = {"inputconv": cls.INPUT_CONV, "inputconvolutional": cls.INPUT_CONV, "fc": cls.FULLY_CONNECTED,
                     "fullyconnected": cls.FULLY_CONNECTED}  # fmt: skip
            if name in known:
                return known[name]
            advice = _ELSEWHERE.get(name, "there are input_conv and fully_connected")
            raise UnsupportedLayer(f"the chip has no layer of kind {kind!r}; {advice}")
        try:
            return cls(kind)
        except ValueError:
            raise UnsupportedLayer(f"layer type {kind!r} is unknown; 1 is input_conv, 2 is fully_connected") from None

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {kind: kind.name.lower() for kind in LayerType}


@dataclass(frozen=True)
class Activation:
    """output = clip(ceil((potential - threshold) / step), 0, 2^bits - 1), exact in the real numbers."""

    bits: int = 4
    step: float = 1.0

    def __post_init__(self) -> None:
        if self.bits not in (1, 2, 4):
            raise BuildError(f"activations have 1, 2 or 4 bits, not {self.bits!r}")
        step = as_float32(self.step)
        if not step > 0:
            raise BuildError(f"the step of an activation is {self.step!r}; a positive float32 is needed")
        object.__setattr__(self, "step", step)


# What a layer in the middle has when nothing else is said. The last one gives its potentials.
HIDDEN = Activation()


@dataclass(frozen=True)
class Geometry:
    """The picture that an input convolution slides over: ``height`` x ``width`` x ``channels``, rows first."""

    height: int
    width: int
    channels: int
    kernel_size: int
    stride: int = 1
    padding: Padding = "valid"

    def __post_init__(self) -> None:
        for name, top in (("height", U16), ("width", U16), ("channels", 255), ("kernel_size", 255), ("stride", 255)):
            value = getattr(self, name)
            if not (isinstance(value, int) and 1 <= value <= top):
                raise BuildError(f"{name} of a convolution is {value!r}; 1 to {top} is possible")
        if self.padding not in ("valid", "same"):
            raise BuildError(f"padding is {self.padding!r}; there are 'valid' and 'same'")
        if self.padding == "valid" and self.kernel_size > min(self.height, self.width):
            raise BuildError(
                f"a kernel of {self.kernel_size} does not fit into {self.height}x{self.width} with padding 'valid'"
            )

    @property
    def output_height(self) -> int:
        return self._output(self.height)

    @property
    def output_width(self) -> int:
        return self._output(self.width)

    @property
    def places(self) -> int:
        """How many places the kernel is put at."""
        return self.output_height * self.output_width

    @property
    def window(self) -> int:
        """Values that one output sees."""
        return self.kernel_size * self.kernel_size * self.channels

    @property
    def margins(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Zeros put before and after the rows and the columns."""
        return self._margin(self.height, self.output_height), self._margin(self.width, self.output_width)

    def _output(self, length: int) -> int:
        if self.padding == "same":
            return -(-length // self.stride)
        return (length - self.kernel_size) // self.stride + 1

    def _margin(self, length: int, output: int) -> tuple[int, int]:
        if self.padding == "valid":
            return 0, 0
        total = max(0, (output - 1) * self.stride + self.kernel_size - length)
        return total // 2, total - total // 2


@dataclass(frozen=True)
class LayerSpec:
    """One layer.

    Attributes:
        layer_type: a :class:`LayerType`, or its name.
        in_features, out_features: values in and out; for a convolution height x width x channels.
        weight_bits: 1, 2 or 4. threshold: see :class:`Activation`; stored as float32.
        mutable, slot_id: whether ``set_variable`` may replace the weights, and under which number (0 to 255).
        input_bits: of the unsigned values that come in; None is 8 for an input convolution and 4 otherwise.
        activation: None on a last layer gives potentials, in the middle :data:`HIDDEN`.
        biases: whether biases are stored. bias_multiplier: potentials get ``bias * bias_multiplier``.
        geometry: of an input convolution; None is a kernel of size 1, which sees every value in every output.
    """

    layer_type: LayerType | str
    in_features: int
    out_features: int
    weight_bits: int = 4
    threshold: float = 1.0
    mutable: bool = False
    slot_id: int = 0
    input_bits: int | None = None
    activation: Activation | None = None
    biases: bool = True
    bias_multiplier: int = 1
    geometry: Geometry | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.layer_type, LayerType):
            object.__setattr__(self, "layer_type", LayerType.of(self.layer_type))
        name = self.kind.label
        for field in ("in_features", "out_features"):
            value = getattr(self, field)
            if not (isinstance(value, int) and 1 <= value <= U16):
                raise BuildError(f"{name}: {field} is {value!r}; the record has 16 bits for it, so 1 to {U16}")
        if self.weight_bits not in (1, 2, 4):
            raise BuildError(f"{name}: weights have 1, 2 or 4 bits, not {self.weight_bits!r}")
        if self.bits_in not in (1, 2, 4, 8) or (self.bits_in == 8 and self.kind is not LayerType.INPUT_CONV):
            raise BuildError(f"{name}: inputs of {self.bits_in} bits; 1, 2 or 4 are possible, 8 on an input_conv only")
        threshold = as_float32(self.threshold)
        if math.isnan(threshold):
            raise BuildError(f"{name}: the threshold is {self.threshold!r}; a finite float32 is needed")
        object.__setattr__(self, "threshold", threshold)
        if not (isinstance(self.slot_id, int) and 0 <= self.slot_id <= 255):
            raise BuildError(f"{name}: slot_id is {self.slot_id!r}; 0 to 255 are possible")
        if self.slot_id and not self.mutable:
            raise BuildError(f"{name}: slot {self.slot_id} is given to a layer that is not mutable; add mutable=True")
        if not 1 <= self.bias_multiplier <= 1 << 20:
            raise BuildError(f"{name}: bias_multiplier is {self.bias_multiplier!r}; 1 to {1 << 20} are possible")
        if self.geometry is not None:
            self._check_geometry(self.geometry)

    def _check_geometry(self, geometry: Geometry) -> None:
        if self.kind is not LayerType.INPUT_CONV:
            raise BuildError("only an input_conv has a kernel")
        seen = geometry.height * geometry.width * geometry.channels
        if seen != self.in_features:
            raise BuildError(
                f"input_conv: in_features is {self.in_features}, but {geometry.height}x{geometry.width}x"
                f"{geometry.channels} makes {seen}"
            )
        if self.out_features % geometry.places:
            raise BuildError(
                f"input_conv: {self.out_features} outputs cannot be shared by {geometry.places} places "
                f"({geometry.output_height}x{geometry.output_width})"
            )

    @property
    def kind(self) -> LayerType:
        assert isinstance(self.layer_type, LayerType)
        return self.layer_type

    @property
    def bits_in(self) -> int:
        """Bits of the values that come in."""
        return self.input_bits or (8 if self.kind is LayerType.INPUT_CONV else 4)

    @property
    def filters(self) -> int:
        """Rows of weights: outputs, or filters of a convolution."""
        return self.out_features // (self.geometry.places if self.geometry else 1)

    @property
    def fan_in(self) -> int:
        """Weights in a row."""
        return self.geometry.window if self.geometry else self.in_features

    @property
    def weight_bytes(self) -> int:
        return packed_size(self.filters * self.fan_in, self.weight_bits)

    @property
    def bias_bytes(self) -> int:
        return packed_size(self.filters, BIAS_BITS) if self.biases else 0

    @property
    def block_bytes(self) -> int:
        """What the layer takes of program_data."""
        return self.weight_bytes + self.bias_bytes

    def reach(self) -> int:
        """No potential is farther from 0 than this."""
        largest = 7 if self.weight_bits == 4 else 1
        return int(self.fan_in * largest * (2**self.bits_in - 1) + 7 * self.bias_multiplier)


def completed(layers: Sequence[LayerSpec]) -> list[LayerSpec]:
    """The layers of a program, those in the middle with the activation that they have when nothing else is said."""
    hidden = [one if one.activation else replace(one, activation=HIDDEN) for one in layers[:-1]]
    return [*hidden, *layers[-1:]]
