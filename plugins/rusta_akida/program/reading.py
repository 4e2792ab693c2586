"""Reading a program: two runs of bytes in, layers with their weights out, or an error that names offset and field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rusta_akida.errors import AkidaError
from rusta_akida.program import parameters, record
from rusta_akida.program.blocks import Weights, read_block
from rusta_akida.program.errors import ProgramError
from rusta_akida.program.info import Info, read_info
from rusta_akida.program.layers import Activation, LayerSpec, LayerType
from rusta_akida.program.parameters import Parameters
from rusta_akida.program.record import Record
from rusta_akida.quantiser.packing import packed_size


@dataclass(frozen=True)
class Layer:
    """A layer in a program. offset: of its block in program_data."""

    spec: LayerSpec
    offset: int

    @property
    def end(self) -> int:
        return self.offset + self.spec.block_bytes


@dataclass(frozen=True)
class Program:
    """A program that has been read: its bytes, and what they mean."""

    program_info: bytes
    program_data: bytes
    info: Info
    layers: tuple[Layer, ...]

    @property
    def version(self) -> str:
        return self.info.version

    @property
    def in_features(self) -> int:
        return self.layers[0].spec.in_features

    @property
    def out_features(self) -> int:
        return self.layers[-1].spec.out_features

    @property
    def slots(self) -> dict[int, int]:
        """slot_id -> number of its layer."""
        return {layer.spec.slot_id: n for n, layer in enumerate(self.layers) if layer.spec.mutable}

    @cached_property
    def weights(self) -> tuple[Weights, ...]:
        """The integers of every layer."""
        return tuple(read_block(one.spec, self.program_data, one.offset, n) for n, one in enumerate(self.layers))


def parse_program(program_info: bytes, program_data: bytes, *, weights: bool = True) -> Program:
    """Read a program, strictly: every byte has to be what the layout says, and there is one way to write a program.

    Args:
        weights: also look at every weight.

    Raises:
        ProgramError: the bytes are cut or damaged; offset and field are named.
    """
    info = read_info(program_info)
    at = 0
    for number, one in enumerate(info.records):
        at = _place(info, number, one, at, len(program_data))
    if len(program_data) != at + info.block:
        what, where = ("parameter block", len(program_data)) if len(program_data) < at + info.block else ("end", at)
        why = f"{info.block} bytes behind the weights are announced, {len(program_data) - at} are there"
        if what == "end" and not info.block:
            why = f"{len(program_data) - at} bytes belong to no layer"
        raise ProgramError("program_data", where, what, why)
    rest = parameters.read(program_data, at, info.records)
    layers = tuple(_layer(info, n, one, rest[n]) for n, one in enumerate(info.records))
    _check_chain(info, layers)
    program = Program(program_info, program_data, info, layers)
    if weights:
        _ = program.weights
    return program


def _field(info: Info, number: int, name: str) -> int:
    return info.root + number * record.SIZE + dict(record.FIELDS)[name]


def _refuse(info: Info, number: int, name: str, why: str) -> ProgramError:
    return ProgramError("program_info", _field(info, number, name), f"layer {number} {name}", why)


def _place(info: Info, number: int, one: Record, at: int, available: int) -> int:
    """Blocks lie one after the other from 0 on, so that every byte belongs to one thing."""
    if one.weight_offset != at:
        raise _refuse(info, number, "weight offset", f"{one.weight_offset}; the block before it ends at {at}")
    end = at + one.weight_size
    if end > available:
        what = f"layer {number} weights"
        why = f"cut off: {one.weight_size} bytes from offset {at} are announced, program_data has {available}"
        raise ProgramError("program_data", available, what, why)
    return end


def _layer(info: Info, number: int, one: Record, rest: Parameters) -> Layer:
    shape = rest.geometry
    filters = one.out_features // shape.places if shape else one.out_features
    bare = packed_size(filters * (shape.window if shape else one.in_features), rest.weight_bits)
    try:
        spec = LayerSpec(
            layer_type=LayerType(one.layer_type), in_features=one.in_features, out_features=one.out_features,
            weight_bits=rest.weight_bits, threshold=one.threshold, mutable=bool(one.mutable), slot_id=one.slot_id,
            input_bits=rest.input_bits, activation=rest.activation, biases=one.weight_size != bare,
            bias_multiplier=rest.bias_multiplier, geometry=shape,
        )  # fmt: skip
    except AkidaError as error:
        raise _refuse(info, number, "layer type", str(error)) from None
    if one.weight_size != spec.block_bytes:
        what = f"{spec.fan_in} x {spec.filters} weights of {spec.weight_bits} bits"
        why = f"{one.weight_size} bytes; {what} take {bare}, with biases {spec.block_bytes}"
        raise _refuse(info, number, "weight size", why)
    return Layer(spec, one.weight_offset)


def _check_chain(info: Info, layers: Sequence[Layer]) -> None:
    for number, layer in enumerate(layers):
        if layer.spec.reach() >= 1 << 31:
            why = f"potentials may reach {layer.spec.reach()}, more than 32 bits hold"
            raise _refuse(info, number, "in_features", why)
        if number == 0:
            continue
        fault = chain_fault(layers[number - 1].spec, layer.spec)
        if fault:
            raise _refuse(info, number, "in_features", fault)


def chain_fault(before: LayerSpec, layer: LayerSpec) -> str | None:
    """Why ``layer`` cannot stand behind ``before``, or None."""
    if layer.kind.label == "input_conv":
        return "an input_conv can only be the first layer"
    if before.out_features != layer.in_features:
        return f"{layer.in_features}; the layer before it gives {before.out_features}"
    activation: Activation | None = before.activation
    if activation is None:
        return "the layer before it gives potentials, which do not fit the inputs; give it an activation"
    if activation.bits > layer.bits_in:
        return f"the layer before it gives {activation.bits} bits, this one takes {layer.bits_in}"
    return None
