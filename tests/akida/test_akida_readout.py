"""Scales of states, and readouts in integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rusta_akida import (
    ActivationScale,
    DamagedFile,
    QuantisedReadout,
    QuantiseError,
    calibrate,
    load_quantised,
    pack,
    save_quantised,
)

STATES = hnp.arrays(np.float64, (6, 3), elements=st.floats(-3, 3))


def readout(outputs: int = 2, inputs: int = 5, **changes: object) -> QuantisedReadout:
    rng = np.random.default_rng(0)
    weights = rng.integers(-7, 8, (outputs, inputs)).astype(np.int8)
    scale = calibrate(rng.standard_normal((50, inputs)))
    fields = {"weights": weights, "bits": 4, "scale": np.full(outputs, 0.1), "offset": np.ones(outputs)}
    return QuantisedReadout(**{**fields, "activation": scale, **changes})  # type: ignore[arg-type]


@given(STATES, st.sampled_from([1, 2, 4]), st.booleans())
def test_a_calibrated_state_is_off_by_half_a_step_at_most(states: np.ndarray, bits: int, per_input: bool) -> None:
    scale = calibrate(states, bits, per_input=per_input)
    codes = scale.encode(states)
    assert codes.max() <= 2**bits - 1
    assert np.all(np.abs(scale.decode(codes) - states) <= scale.step * 0.5 + 1e-9)


def test_states_outside_the_scale_are_clipped_and_nonsense_is_refused() -> None:
    scale = ActivationScale(np.ones(2), np.zeros(2))
    assert scale.encode([[-9.0, 99.0]]).tolist() == [[0, 15]]
    with pytest.raises(QuantiseError, match="3 values a row, 2 are expected"):
        scale.encode(np.zeros((1, 3)))
    with pytest.raises(QuantiseError, match="not finite"):
        scale.encode([[np.nan, 0.0]])
    with pytest.raises(QuantiseError, match="positive"):
        ActivationScale(np.zeros(2), np.zeros(2))
    with pytest.raises(QuantiseError, match="two or more rows"):
        calibrate(np.zeros((1, 2)))


def test_a_share_outside_the_scale_makes_steps_smaller() -> None:
    states = np.random.default_rng(0).standard_normal((4000, 2))
    assert np.all(calibrate(states, clip=0.01).step < 0.8 * calibrate(states).step)


def test_potentials_are_exact_integers() -> None:
    made = readout(3, 200, biases=np.array([1, -7, 0], np.int8))
    codes = np.random.default_rng(1).integers(0, 16, (40, 200))
    exact = [[sum(int(w) * int(x) for w, x in zip(row, line, strict=True)) for row in made.weights] for line in codes]
    assert (made.potentials(codes) == np.array(exact) + made.biases).all()
    assert made.potentials(codes).dtype == np.int64


def test_values_are_scaled_potentials() -> None:
    made = readout()
    states = np.random.default_rng(2).standard_normal((7, 5))
    expected = 0.1 * made.potentials(made.encode(states)) + 1
    assert np.allclose(made.predict(states), expected, rtol=0, atol=1e-12)
    assert made.packed_weights() == pack(made.weights, 4)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weights": np.full((2, 5), 8, np.int8)}, "weights reach 8, 4 bits hold 7"),
        ({"weights": np.zeros((2, 5))}, "int8"),
        ({"weights": np.full((2, 5), -128, np.int8)}, "weights reach 128"),
        ({"bits": 1}, "quantise again"),
        ({"bits": 3}, "1, 2 or 4"),
        ({"scale": np.ones(3)}, "scale has shape"),
        ({"offset": np.array([np.inf, 0])}, "offset has shape"),
        ({"biases": np.array([9, 0], np.int8)}, "-7..7"),
        ({"labels": ("one",)}, "1 labels for 2 outputs"),
        ({"activation": calibrate(np.eye(4))}, "for 4 inputs, weights have 5"),
    ],
)
def test_a_readout_that_cannot_be_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(QuantiseError, match=says):
        readout(**changes)  # type: ignore[arg-type]


def test_a_readout_comes_back_from_its_file(tmp_path: Path) -> None:
    made = readout(labels=("a", "b"), biases=np.array([3, -2], np.int8), provenance="ab" * 32, threshold=1.5)
    save_quantised(made, tmp_path / "readout")
    back = load_quantised(tmp_path / "readout")
    for name in ("weights", "biases", "scale", "offset"):
        assert (getattr(back, name) == getattr(made, name)).all()
    kept = ("bits", "threshold", "labels", "provenance")
    assert [getattr(back, name) for name in kept] == [getattr(made, name) for name in kept]
    assert (back.activation.step == made.activation.step).all()


def test_a_file_that_is_missing_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="can't be read"):
        load_quantised(tmp_path / "nothing")
    (tmp_path / "text").write_text("hello, this is no file of ours")
    with pytest.raises(DamagedFile, match="field 'magic'"):
        load_quantised(tmp_path / "text")
