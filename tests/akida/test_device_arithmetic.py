"""The virtual device and the reference agree on every value: different code, different arithmetic, same integers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from akida_programs import deep_program, some_inputs, virtual, weights
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_akida.devices.virtual.executor import Executor
from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.errors import BuildError
from rusta_akida.program.layers import Activation
from rusta_akida.program.reading import Program
from rusta_akida.program.reference import reference_outputs

SINGLES = st.floats(-1e6, 1e6, width=32)
STEPS = st.floats(2.0**-10, 1e6, width=32)


def by_hand(program: Program, row: np.ndarray) -> list[int]:
    """A row through a fully connected program, number by number, with fractions: the formula as it is written."""
    values = [int(value) for value in row]
    for layer, ints in zip(program.layers, program.weights, strict=True):
        spec, outputs = layer.spec, []
        for column, bias in zip(ints.weights.tolist(), ints.biases.tolist(), strict=True):
            potential = sum(w * x for w, x in zip(column, values, strict=True)) + bias * spec.bias_multiplier
            if spec.activation is not None:
                over = (Fraction(potential) - Fraction(spec.threshold)) / Fraction(spec.activation.step)
                potential = max(0, min(2**spec.activation.bits - 1, math.ceil(over)))
            outputs.append(potential)
        values = outputs
    return values


@given(st.integers(1, 12), st.integers(1, 6), st.sampled_from([1, 2, 4]), SINGLES, STEPS, st.sampled_from([1, 2, 4]),
       st.integers(1, 1000), st.integers(0, 2**32 - 1))  # fmt: skip
@settings(max_examples=80)
def test_reference_device_and_formula_agree(
    inputs: int, hidden: int, bits: int, threshold: float, step: float, levels: int, multiplier: int, seed: int
) -> None:
    program = (
        ProgramBuilder()
        .fully_connected(
            in_features=inputs, out_features=hidden, weights=weights(seed, hidden, inputs, bits=bits), weight_bits=bits,
            biases=weights(seed + 1, hidden), bias_multiplier=multiplier, threshold=threshold,
            activation=Activation(levels, step),
        )
        .fully_connected(in_features=hidden, out_features=3, weights=weights(seed + 2, 3, hidden))
        .build()
    )  # fmt: skip
    rows = some_inputs(program, 5, seed)
    expected = reference_outputs(program, rows)
    assert Executor(program).run(rows).tolist() == expected.tolist()
    assert [by_hand(program, row) for row in rows] == expected.tolist()


def test_thresholds_that_fall_on_a_potential_round_up_only_above_it() -> None:
    """ceil((p - 2) / 3): p = 2 gives 0, p = 3..5 give 1, p = 6 gives 2."""
    program = (
        ProgramBuilder()
        .fully_connected(in_features=1, out_features=1, weights=[[1]], threshold=2.0, activation=Activation(4, 3.0))
        .build()
    )
    rows = np.arange(16, dtype=np.uint8)[:, None]
    expected = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5]
    assert reference_outputs(program, rows)[:, 0].tolist() == expected
    assert Executor(program).run(rows)[:, 0].tolist() == expected


CONVOLUTIONS = st.fixed_dictionaries(
    {
        "height": st.integers(3, 9), "width": st.integers(3, 9), "channels": st.sampled_from([1, 3]),
        "kernel_size": st.sampled_from([2, 3]), "filters": st.integers(1, 3), "stride": st.integers(1, 3),
        "padding": st.sampled_from(["valid", "same"]),
    }
)  # fmt: skip


@given(CONVOLUTIONS, st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_convolutions_agree_and_are_what_their_loops_say(shape: dict[str, int], seed: int) -> None:
    size, channels, filters = shape["kernel_size"], shape["channels"], shape["filters"]
    kernel, biases = weights(seed, filters, size, size, channels), weights(seed + 1, filters)
    program = ProgramBuilder().input_conv(weights=kernel, biases=biases, **shape).build()  # type: ignore[arg-type]
    rows = some_inputs(program, 2, seed)
    expected = reference_outputs(program, rows)
    assert Executor(program).run(rows).tolist() == expected.tolist()
    geometry = program.layers[0].spec.geometry
    assert geometry is not None
    (top, _), (left, _) = geometry.margins
    picture = rows[0].reshape(shape["height"], shape["width"], channels).astype(int)
    looped = []
    for y in range(geometry.output_height):
        for x in range(geometry.output_width):
            for one in range(filters):
                total = int(biases[one])
                for i in range(size):
                    for j in range(size):
                        r, c = y * shape["stride"] + i - top, x * shape["stride"] + j - left
                        if 0 <= r < shape["height"] and 0 <= c < shape["width"]:
                            total += int(picture[r, c] @ kernel[one, i, j].astype(int))
                looped.append(total)
    assert looped == expected[0].tolist()


def test_twenty_thousand_values_have_no_mismatch() -> None:
    """The full million runs with the slow tests and in the benchmark."""
    program = deep_program(11)
    _, device = virtual()
    rows = some_inputs(program, 10_000)
    with device:
        device.program_external(program.program_info, program.program_data)
        assert np.array_equal(device.infer(rows), reference_outputs(program, rows))


@pytest.mark.slow
def test_a_million_values_have_no_mismatch() -> None:
    program = deep_program(12)
    _, device = virtual()
    with device:
        device.program_external(program.program_info, program.program_data)
        for seed in range(10):
            rows = some_inputs(program, 50_000, seed)
            assert np.array_equal(device.infer(rows), reference_outputs(program, rows))


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        (np.zeros((2, 5), int), "rows of 6 values"),
        (np.full((1, 6), 16), "4 bits hold 0 to 15"),
        (np.full((1, 6), -1), "reach from -1"),
        (np.zeros((1, 6)), "encode them to integers"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(inputs: np.ndarray, says: str) -> None:
    program = ProgramBuilder().fully_connected(in_features=6, out_features=1, weights=weights(0, 1, 6)).build()
    with pytest.raises(BuildError, match=says):
        reference_outputs(program, inputs)
