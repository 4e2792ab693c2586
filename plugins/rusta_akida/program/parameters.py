"""What a layer has beyond its published record: a block behind the weights in program_data, only where it is needed.

The published record has no place for the width of weights, inputs and activations, for the step of an activation, or for
the shape of a kernel. A program whose layers all have the usual values (4-bit weights and inputs, 8-bit inputs of an
input convolution, activations of 4 bits with step 1 between layers, potentials at the end, biases as they are, kernels
of size 1) needs no block and is exactly what the documents publish. The block is this product's own:

    0 "RAKP"   4 u8 version (1)   5 u8 layers   6 u16 size of a record (20)
    8 one record for each layer, then u32 CRC-32 of all before it

    record:  0 u8 weight bits   1 u8 input bits   2 u8 activation bits (0: potentials)   3 u8 kernel size
             4 f32 step         8 u32 bias multiplier  12 u16 height  14 u16 width  16 u8 channels
            17 u8 stride       18 u8 padding (0 valid, 1 same)        19 u8 zero
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from rusta_akida.errors import AkidaError
from rusta_akida.program.errors import ProgramError
from rusta_akida.program.layers import HIDDEN, Activation, Geometry, LayerSpec, LayerType
from rusta_akida.program.record import Record

MAGIC = b"RAKP"
HEAD = struct.Struct("<4sBBH")
ENTRY = struct.Struct("<BBBBfIHHBBBB")
SIZE = 20
assert ENTRY.size == SIZE
_FIELDS = ("weight bits", "input bits", "activation bits", "kernel size", "step", "bias multiplier", "height", "width",
           "channels", "stride", "padding", "reserved")  # fmt: skip
_AT = (0, 1, 2, 3, 4, 8, 12, 14, 16, 17, 18, 19)


@dataclass(frozen=True)
class Parameters:
    """What the block says of one layer."""

    weight_bits: int
    input_bits: int
    activation: Activation | None
    bias_multiplier: int
    geometry: Geometry | None


def usual(kind: LayerType, last: bool) -> Parameters:
    """What holds for a layer when there is no block."""
    return Parameters(4, 8 if kind is LayerType.INPUT_CONV else 4, None if last else HIDDEN, 1, None)


def of(layer: LayerSpec) -> Parameters:
    """What a layer would say in the block."""
    return Parameters(layer.weight_bits, layer.bits_in, layer.activation, layer.bias_multiplier, layer.geometry)


def write(layers: Sequence[LayerSpec]) -> bytes:
    """The block, or nothing where every layer is as usual."""
    asked = [of(layer) for layer in layers]
    if all(p == usual(s.kind, s is layers[-1]) for p, s in zip(asked, layers, strict=True)):
        return b""
    body = HEAD.pack(MAGIC, 1, len(asked), SIZE) + b"".join(map(_entry, asked))
    return body + struct.pack("<I", zlib.crc32(body))


def _entry(one: Parameters) -> bytes:
    shape, activation = one.geometry, one.activation
    return ENTRY.pack(
        one.weight_bits, one.input_bits, activation.bits if activation else 0, shape.kernel_size if shape else 1,
        activation.step if activation else 0.0, one.bias_multiplier,
        *((shape.height, shape.width, shape.channels, shape.stride, int(shape.padding == "same")) if shape
          else (0, 0, 0, 0, 0)), 0,
    )  # fmt: skip


def read(data: bytes, at: int, records: Sequence[Record]) -> tuple[Parameters, ...]:
    """The parameters of all layers, from the bytes of ``data`` behind the weights (``at``), or as usual.

    Raises:
        ProgramError: the bytes are no block for these layers.
    """
    last = len(records) - 1
    if at == len(data):
        return tuple(usual(LayerType(record.layer_type), n == last) for n, record in enumerate(records))

    def refuse(offset: int, field: str, why: str) -> ProgramError:
        return ProgramError("program_data", at + offset, field, why)

    rest = data[at:]
    if rest[:4] != MAGIC[: len(rest)]:
        raise refuse(0, "parameter block", f"{len(rest)} bytes belong to no layer and are no parameter block")
    if len(rest) < HEAD.size:
        raise refuse(len(rest), "parameter block", f"cut off: its head takes {HEAD.size} bytes")
    _, version, count, size = HEAD.unpack_from(rest)
    if version != 1:
        raise refuse(4, "parameter block version", f"{version} is not known; this reads version 1")
    if count != len(records):
        raise refuse(5, "parameter block layers", f"{count} layers, program_info has {len(records)}")
    if size != SIZE:
        raise refuse(6, "parameter record size", f"{size}; version 1 has {SIZE}")
    end = HEAD.size + count * SIZE
    if len(rest) != end + 4:
        raise refuse(min(len(rest), end), "parameter block", f"{end + 4} bytes are needed, {len(rest)} are there")
    if zlib.crc32(rest[:end]) != struct.unpack_from("<I", rest, end)[0]:
        raise refuse(end, "parameter block checksum", "it does not fit the bytes before it")
    found = tuple(_read_entry(rest, HEAD.size + n * SIZE, at, n) for n in range(count))
    if all(p == usual(LayerType(r.layer_type), n == last) for n, (p, r) in enumerate(zip(found, records, strict=True))):
        raise refuse(0, "parameter block", "it says only what holds without it; a program is written in one way")
    return found


def _read_entry(rest: bytes, offset: int, at: int, layer: int) -> Parameters:
    values = ENTRY.unpack_from(rest, offset)
    weight_bits, input_bits, activation_bits, kernel, step, multiplier = values[:6]
    height, width, channels, stride, padding, reserved = values[6:]

    def refuse(index: int, why: str) -> ProgramError:
        return ProgramError("program_data", at + offset + _AT[index], f"layer {layer} {_FIELDS[index]}", why)

    if weight_bits not in (1, 2, 4):
        raise refuse(0, f"{weight_bits}; 1, 2 and 4 are possible")
    if input_bits not in (1, 2, 4, 8):
        raise refuse(1, f"{input_bits}; 1, 2, 4 and 8 are possible")
    if activation_bits not in (0, 1, 2, 4):
        raise refuse(2, f"{activation_bits}; 0, 1, 2 and 4 are possible")
    if not math.isfinite(step) or (step <= 0 if activation_bits else struct.pack("<f", step) != bytes(4)):
        raise refuse(4, f"{step} is no step of an activation of {activation_bits} bits")
    if not 1 <= multiplier <= 1 << 20:
        raise refuse(5, f"{multiplier}; 1 to {1 << 20} are possible")
    if reserved:
        raise refuse(11, f"{reserved}; it must be zero")
    activation = Activation(activation_bits, step) if activation_bits else None
    if kernel == 1 and not any(values[6:11]):
        return Parameters(weight_bits, input_bits, activation, multiplier, None)
    if padding not in (0, 1):
        raise refuse(10, f"{padding}; 0 is valid, 1 is same")
    try:
        shape = Geometry(height, width, channels, kernel, stride, "same" if padding else "valid")
    except AkidaError as error:
        raise refuse(3, str(error)) from None
    return Parameters(weight_bits, input_bits, activation, multiplier, shape)
