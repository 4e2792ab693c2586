"""The byte layout: golden bytes, what every refusal says, and round trips."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from akida_programs import deep_program, small_program, weights
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_akida.errors import QuantiseError
from rusta_akida.program.blocks import pack_program_data
from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.errors import BuildError, ProgramError, UnsupportedLayer
from rusta_akida.program.info import ProgramInfoBuilder, read_info
from rusta_akida.program.layers import HIDDEN, Activation, Geometry, LayerSpec, LayerType
from rusta_akida.program.nibbles import pack_checked, unpack_quickly
from rusta_akida.program.reading import Program, parse_program
from rusta_akida.quantiser.packing import pack, unpack

GOLDEN = Path(__file__).parent / "golden"


def smallest() -> tuple[bytes, bytes]:
    """FC(50→1) of the documents, step by step as they build it: weights -7..7 over and over, bias 3."""
    layer = LayerSpec(layer_type="FullyConnected", in_features=50, out_features=1, weight_bits=4, threshold=1.0)
    info = ProgramInfoBuilder().version("2.18.2").layer(layer).build()
    return info, pack_program_data(np.arange(50) % 15 - 7, np.array([3]))


def test_the_smallest_program_has_these_bytes() -> None:
    info, data = smallest()
    assert info.hex() == (
        "23000000" "10000000" "322e31382e320000"  # 35 bytes, table at 0x10, "2.18.2"
        "02" "3200" "0100" "00000000" "1a000000" "0000803f" "00" "00"  # FC 50→1, 26 bytes at 0, threshold 1.0
    )  # fmt: skip
    # The first value is the low nibble: -7 and -6 are 0x9 and 0xa. The bias begins a byte of its own.
    assert data.hex() == "a9cbed0f21436597badcfe10325476" + "a9cbed0f21436597badc" + "03"
    assert len(data) == 26
    assert (info, data) == ((GOLDEN / "fc_50_1.info").read_bytes(), (GOLDEN / "fc_50_1.data").read_bytes())


def test_the_builder_makes_the_same_smallest_program() -> None:
    program = (
        ProgramBuilder()
        .sdk_version("2.18.2")
        .fully_connected(in_features=50, out_features=1, weights=np.arange(50) % 15 - 7, biases=[3], threshold=1.0)
        .build()
    )
    assert (program.program_info, program.program_data) == smallest()


def test_the_documents_example_needs_no_block_of_ours() -> None:
    """128-128-2 with its thresholds: two records, two blocks, nothing else."""
    packed = [pack(weights(1, 128, 128)), pack(weights(2, 2, 128)), pack(weights(3, 2))]
    program = (
        ProgramBuilder()
        .sdk_version("2.18.2")
        .input_conv(in_features=128, out_features=128, kernel_size=1, weights=packed[0], threshold=1.0)
        .fully_connected(in_features=128, out_features=2, weights=packed[1], biases=packed[2], threshold=1.0)
        .build()
    )
    assert program.program_data == b"".join(packed)
    assert len(program.program_info) == 16 + 2 * 19
    first, second = program.info.records
    assert (first.layer_type, first.weight_offset, first.weight_size) == (1, 0, 8192)
    assert (second.layer_type, second.weight_offset, second.weight_size) == (2, 8192, 129)
    assert program.layers[0].spec.activation == HIDDEN
    assert program.layers[1].spec.activation is None
    assert np.array_equal(program.weights[1].biases, weights(3, 2))


def test_a_mutable_slot_stands_in_its_record() -> None:
    program = small_program()
    assert program.program_info[0x10 + 0x11 : 0x10 + 0x13] == b"\x01\x00"
    assert program.slots == {0: 0}


@pytest.mark.parametrize("kind", ["LSTM", "gru", "MultiHeadAttention", "Softmax", "Conv3D", 7])
def test_layers_that_the_chip_does_not_have_are_refused_with_advice(kind: str | int) -> None:
    with pytest.raises(UnsupportedLayer, match=r"chip has no|unknown"):
        LayerSpec(layer_type=kind, in_features=4, out_features=2)


def fc(**changes: object) -> ProgramBuilder:
    given = {"in_features": 4, "out_features": 2, "weights": weights(0, 2, 4)} | changes
    return ProgramBuilder().fully_connected(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: fc(weights=np.full((2, 4), 8)), r"8 at \(0, 0\) is outside the range of 4 bits \(-7 to 7\)"),
        (lambda: fc(weights=np.full((2, 4), -8)), "outside the range"),
        (lambda: fc(weights=np.zeros((2, 4)), weight_bits=1), "quantise to integers"),
        (lambda: fc(weights=np.zeros((2, 4), int), weight_bits=1), "-1 or 1"),
        (lambda: fc(weights=np.full((2, 4), 2), weight_bits=2), "-1 to 1"),
        (lambda: fc(weights=np.ones((4, 2), int)), r"shape \(4, 2\) given, \(2, 4\) is needed"),
        (lambda: fc(weights=b"\x00\x00\x00"), "4 bytes, 3 are there"),
        (lambda: fc(weights=b"\x08\x00\x00\x00"), "symmetric"),
        (lambda: fc(in_features=70_000), "16 bits"),
        (lambda: fc(slot_id=3), "not mutable"),
        (lambda: fc(slot_id=300, mutable=True), "0 to 255"),
        (lambda: fc(threshold=float("nan")), "threshold"),
        (lambda: fc(threshold=1e39), "finite float32"),
        (lambda: fc(biases=[9, 0]), "biases"),
        (lambda: fc(bias_multiplier=0, biases=[1, 1]), "bias_multiplier"),
        (lambda: fc(weight_bits=3), "1, 2 or 4 bits"),
        (lambda: fc(input_bits=8), "8 on an input_conv only"),
        (lambda: fc().sdk_version("2.18\n"), "printable ASCII"),
        (lambda: fc(mutable=True).fully_connected(in_features=2, out_features=1, weights=[[1, 1]], mutable=True).build(),
         "slot 0 is used by layer 0 and by layer 1"),
        (lambda: fc().fully_connected(in_features=3, out_features=1, weights=[[1, 1, 1]]).build(), "gives 2"),
        (lambda: fc().input_conv(in_features=2, out_features=1, weights=[[1, 1]]).build(), "only be the first"),
        (lambda: ProgramBuilder().build(), "needs a layer"),
        (lambda: ProgramBuilder().input_conv(weights=[[1]], kernel_size=3), "height, width and filters"),
        (lambda: Geometry(4, 4, 1, 5), "does not fit into 4x4"),
        (lambda: Activation(3), "1, 2 or 4 bits"),
        (lambda: Activation(4, 0.0), "step"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused_by_name(make: object, says: str) -> None:
    with pytest.raises((BuildError, QuantiseError), match=says):
        make()  # type: ignore[operator]


def _changed(program: Program, at: int, octets: bytes) -> bytes:
    info = bytearray(program.program_info)
    info[at : at + len(octets)] = octets
    return bytes(info)


@pytest.mark.parametrize(
    ("at", "octets", "field", "says"),
    [
        (0, b"\xff", "size", "announced"),
        (0, b"\x08\x00\x00\x00", "size", "8 bytes announced"),
        (4, b"\x04", "root offset", "inside the header"),
        (4, b"\xff\xff\xff\xff", "root offset", "behind the end"),
        (8, b"\x00", "version", "no version"),
        (14, b"22", "version", "no NUL"),
        (15, b"x", "version padding", "not zero"),
        (0x10, b"\x03", "layer 0 layer type", "1 is InputConv"),
        (0x11, b"\x00\x00", "layer 0 in_features", "at least one"),
        (0x11, b"\x09\x00", "layer 0 weight size", "weights of 4 bits"),
        (0x15, b"\x01", "layer 0 weight offset", "ends at 0"),
        (0x19, b"\xff\xff\xff\x7f", "layer 0 weights", "cut off"),
        (0x1D, struct.pack("<f", float("inf")), "layer 0 threshold", "not finite"),
        (0x21, b"\x02", "layer 0 mutable flag", "0 and 1"),
        (0x21, b"\x00\x05", "layer 0 slot_id", "not mutable"),
    ],
)
def test_a_damaged_field_is_named_with_its_offset(at: int, octets: bytes, field: str, says: str) -> None:
    program = small_program()
    with pytest.raises(ProgramError, match=says) as caught:
        parse_program(_changed(program, at, octets), program.program_data)
    assert caught.value.field == field
    assert f"offset {caught.value.offset} (0x{caught.value.offset:x})" in str(caught.value)


def test_a_cut_at_any_byte_names_offset_and_field() -> None:
    for program in (small_program(), deep_program()):
        for end in range(len(program.program_info)):
            with pytest.raises(ProgramError) as caught:
                parse_program(program.program_info[:end], program.program_data)
            assert caught.value.part == "program_info"
            assert caught.value.field
        for end in range(len(program.program_data)):
            with pytest.raises(ProgramError) as caught:
                parse_program(program.program_info, program.program_data[:end])
            assert 0 <= caught.value.offset <= len(program.program_info) + end


def test_bytes_behind_the_program_belong_to_nothing_and_are_refused() -> None:
    program = small_program()
    with pytest.raises(ProgramError, match="belong to no layer"):
        parse_program(program.program_info, program.program_data + b"\0")
    deep = deep_program()
    with pytest.raises(ProgramError, match="bytes behind the weights are announced, 0 are there"):
        parse_program(deep.program_info, deep.program_data[: deep.layers[-1].end])
    with pytest.raises(ProgramError, match="52 bytes behind the weights are announced, 53 are there"):
        parse_program(deep.program_info, deep.program_data + b"\0")
    with pytest.raises(ProgramError, match="announced"):
        parse_program(program.program_info + b"\0", program.program_data)


def test_longer_versions_move_the_table() -> None:
    info = ProgramInfoBuilder().version("12.180.2000").layer(LayerSpec("FC", 2, 1)).build()
    assert read_info(info).root == 0x18
    assert read_info(info).version == "12.180.2000"


def test_unpublished_parameters_are_kept_in_a_block_of_ours_and_only_there() -> None:
    usual, special = small_program(), (
        ProgramBuilder()
        .fully_connected(in_features=6, out_features=2, weights=weights(0, 2, 6), biases=weights(1, 2), mutable=True,
                         input_bits=2)
        .build()
    )  # fmt: skip
    assert special.program_info[0x10:0x18] == b"RAKP" + struct.pack("<I", 32)
    assert special.program_info[0x18:] == usual.program_info[0x10:]
    assert special.program_data.startswith(usual.program_data + b"RAKP")
    assert special.layers[0].spec.bits_in == 2
    for at in range(len(usual.program_data), len(special.program_data)):
        data = bytearray(special.program_data)
        data[at] ^= 1
        with pytest.raises(ProgramError, match="parameter"):
            parse_program(special.program_info, bytes(data))


SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 12), st.sampled_from([1, 2, 4]))


@given(SHAPES, st.booleans(), st.booleans(), st.floats(-100, 100, width=32), st.integers(0, 2**32 - 1),
       st.sampled_from([1, 2, 4]))  # fmt: skip
@settings(max_examples=60)
def test_what_is_built_reads_back_as_it_was(
    shape: tuple[int, int, int], biased: bool, mutable: bool, threshold: float, seed: int, input_bits: int
) -> None:
    inputs, outputs, bits = shape
    ints, added = weights(seed, outputs, inputs, bits=bits), weights(seed + 1, outputs)
    program = (
        ProgramBuilder()
        .fully_connected(
            in_features=inputs, out_features=outputs, weights=ints, biases=added if biased else None,
            threshold=threshold, mutable=mutable, slot_id=9 if mutable else 0, weight_bits=bits, input_bits=input_bits,
        )
        .build()
    )  # fmt: skip
    again = parse_program(program.program_info, program.program_data)
    assert again.layers == program.layers
    spec = again.layers[0].spec
    assert (spec.weight_bits, spec.bits_in, spec.mutable, spec.biases) == (bits, input_bits, mutable, biased)
    assert spec.threshold == threshold
    assert spec.kind is LayerType.FULLY_CONNECTED
    assert np.array_equal(again.weights[0].weights, ints)
    assert np.array_equal(again.weights[0].biases, added if biased else np.zeros(outputs))


@given(st.binary(max_size=300), st.sampled_from([1, 2, 4]), st.integers(-1, 1))
def test_the_quick_table_says_what_the_slow_way_says(data: bytes, bits: int, more: int) -> None:
    count = len(data) * 8 // bits + more
    outcomes = []
    for way in (unpack, unpack_quickly):
        try:
            outcomes.append(way(data, count, bits).tolist())
        except QuantiseError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]
    if isinstance(outcomes[0], list):
        ints = np.array(outcomes[0], np.int8)
        assert pack_checked(ints, bits) == pack(ints, bits) == data
