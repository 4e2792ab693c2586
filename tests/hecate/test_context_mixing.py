"""The predictor: its twin computes the same, what it reads it learns, and what it is to forget it forgets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_hecate import ConfigError, Predictor
from rusta_hecate.errors import ShapeError
from rusta_hecate.kernels.binding import library
from rusta_hecate.mixing.twin import updated

native = pytest.mark.skipif(library() is None, reason="the native library is not built")
CODE = b"pub fn add(left: usize, right: usize) -> usize {\n    left + right\n}\n" * 2
KINDS = [pytest.param(True, marks=native), False]


def random_rows(count: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).dirichlet(np.full(256, 0.1), count) + 1e-9
    return (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


@native
@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=20), st.sampled_from([CODE[:60], b"\0" * 20, b"let x = y;\n" * 3])), max_size=3
    )
)
def test_the_native_predictor_and_its_twin_say_the_same(texts: list[bytes]) -> None:
    first, second = Predictor(12), Predictor(12, native=False)
    assert first.native
    assert not second.native
    for i, text in enumerate(texts):
        rows = random_rows(len(text), i) if i % 2 else None
        keep = i % 3 != 2
        np.testing.assert_allclose(first.read(text, rows, keep), second.read(text, rows, keep), atol=0.05, rtol=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_read_is_cheap_the_second_time(kind: bool) -> None:
    predictor = Predictor(14, native=kind)
    text = bytes(np.random.default_rng(3).integers(0, 256, 120, np.uint8))
    first, second = predictor.read(text).sum(), predictor.read(text).sum()
    assert first > 120 * np.log(2) * 7.5
    assert second < first / 4


@pytest.mark.parametrize("kind", KINDS)
def test_without_keeping_nothing_is_learned(kind: bool) -> None:
    predictor, other = Predictor(12, native=kind), Predictor(12, native=kind)
    predictor.read(CODE)
    other.read(CODE)
    first = predictor.read(b"something new\n", random_rows(14), keep=False)
    again = predictor.read(b"something new\n", random_rows(14), keep=False)
    assert np.array_equal(first, again)
    assert np.array_equal(predictor.read(CODE), other.read(CODE))


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_that_knows_is_believed(kind: bool) -> None:
    text = bytes(np.random.default_rng(5).integers(0, 256, 160, np.uint8))
    rows = np.full((160, 256), 0.02 / 255, np.float32)
    rows[np.arange(160), np.frombuffer(text, np.uint8)] = 0.98
    joined, alone = Predictor(14, native=kind), Predictor(14, native=kind)
    assert joined.read(text, rows)[80:].mean() < 0.4 < alone.read(text)[80:].mean()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 65535), st.lists(st.integers(0, 1), max_size=20))
def test_a_counter_stays_a_probability_and_moves_towards_what_it_sees(start: int, bits: list[int]) -> None:
    counter = max(16, start)
    for bit in bits:
        after = updated(counter, bit)
        assert 1 <= after >> 4 <= 4095
        assert (after >> 4) >= min(counter >> 4, 4095) if bit else (after >> 4) <= max(counter >> 4, 1)
        counter = after


@pytest.mark.parametrize("bits", [0, 9, 27])
def test_a_size_out_of_range_is_refused(bits: int) -> None:
    with pytest.raises(ConfigError, match="10 to 26"):
        Predictor(bits)


def test_probabilities_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(3, 256\)"):
        Predictor(12).read(b"abc", np.zeros((2, 256), np.float32))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_costs_nothing(kind: bool) -> None:
    assert Predictor(12, native=kind).read(b"").shape == (0,)
