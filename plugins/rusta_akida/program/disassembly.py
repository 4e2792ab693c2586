"""A program in words: every field of both parts with its offset, its bytes and what they mean."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rusta_akida.program import parameters, record
from rusta_akida.program.info import NOTICE, VERSION_AT
from rusta_akida.program.reading import Layer, Program

_SHOWN = 8


@dataclass(frozen=True)
class Field:
    """One field. part: program_info or program_data; owner: "header" or the layer's number."""

    part: str
    offset: int
    size: int
    octets: str
    owner: str
    name: str
    value: str


def disassemble(program: Program) -> list[Field]:
    """All fields, in the order of the bytes. Together they cover every byte once."""
    return [*_header(program), *_records(program), *_blocks(program), *_rest(program)]


def _field(program: Program, part: str, offset: int, size: int, owner: str, name: str, value: object) -> Field:
    raw = getattr(program, part)[offset : offset + size]
    octets = raw[:_SHOWN].hex(" ") + (" …" if size > _SHOWN else "")
    return Field(part, offset, size, octets, owner, name, str(value))


def _header(program: Program) -> Iterator[Field]:
    info = program.info
    yield _field(program, "program_info", 0, 4, "header", "size", f"{info.size} bytes")
    yield _field(program, "program_info", 4, 4, "header", "root offset", f"layer table at 0x{info.root:x}")
    end = info.root - (NOTICE.size if info.block else 0)
    yield _field(program, "program_info", VERSION_AT, end - VERSION_AT, "header", "version", info.version)
    if info.block:
        text = f"{info.block} bytes of parameters behind the weights"
        yield _field(program, "program_info", end, NOTICE.size, "header", "parameter block", text)


def _records(program: Program) -> Iterator[Field]:
    for number, (one, layer) in enumerate(zip(program.info.records, program.layers, strict=True)):
        start = program.info.root + number * record.SIZE
        values = (
            f"{one.layer_type} ({layer.spec.kind.label})", one.in_features, one.out_features, one.weight_offset,
            f"{one.weight_size} bytes", f"{one.threshold:g}", "yes" if one.mutable else "no",
            one.slot_id if one.mutable else "none",
        )  # fmt: skip
        ends = [at for _, at in record.FIELDS[1:]] + [record.SIZE]
        for (name, at), end, value in zip(record.FIELDS, ends, values, strict=True):
            yield _field(program, "program_info", start + at, end - at, f"layer {number}", name, value)


def _blocks(program: Program) -> Iterator[Field]:
    for number, (layer, ints) in enumerate(zip(program.layers, program.weights, strict=True)):
        spec, owner = layer.spec, f"layer {number}"
        shape = f"{spec.filters} x {spec.fan_in} of {spec.weight_bits} bits"
        yield _field(program, "program_data", layer.offset, spec.weight_bytes, owner, "weights",
                     f"{shape}, {_spread(ints.weights)}")  # fmt: skip
        if spec.biases:
            at = layer.offset + spec.weight_bytes
            yield _field(program, "program_data", at, spec.bias_bytes, owner, "biases",
                         f"{spec.filters} of 4 bits, {_spread(ints.biases)}")  # fmt: skip


def _rest(program: Program) -> Iterator[Field]:
    at = program.layers[-1].end
    if at == len(program.program_data):
        return
    yield _field(
        program, "program_data", at, parameters.HEAD.size, "parameters", "head", f"{len(program.layers)} layers"
    )
    for number, layer in enumerate(program.layers):
        start = at + parameters.HEAD.size + number * parameters.SIZE
        yield _field(program, "program_data", start, parameters.SIZE, f"layer {number}", "parameters", describe(layer))
    end = at + parameters.HEAD.size + len(program.layers) * parameters.SIZE
    (crc,) = struct.unpack_from("<I", program.program_data, end)
    yield _field(program, "program_data", end, 4, "parameters", "CRC-32", f"0x{crc:08x}")


def describe(layer: Layer) -> str:
    """What the published record does not say of a layer."""
    spec = layer.spec
    words = [f"inputs of {spec.bits_in} bits", f"weights of {spec.weight_bits} bits"]
    if spec.activation:
        words.append(f"activations of {spec.activation.bits} bits, step {spec.activation.step:g}")
    else:
        words.append("potentials out")
    if spec.bias_multiplier != 1:
        words.append(f"biases times {spec.bias_multiplier}")
    if spec.geometry:
        shape = spec.geometry
        words.append(
            f"kernel {shape.kernel_size}x{shape.kernel_size} over {shape.height}x{shape.width}x{shape.channels}, "
            f"stride {shape.stride}, {shape.padding}"
        )
    return ", ".join(words)


def _spread(values: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> str:
    zeros = np.count_nonzero(values == 0) / values.size
    return f"{values.min()} to {values.max()}, {zeros:.0%} zero"
