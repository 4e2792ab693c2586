"""Small integers in bytes: every value comes back, and nothing else is accepted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_akida import QuantiseError, pack, packed_size, unpack

RANGES = {1: [-1, 1], 2: [-1, 0, 1], 4: list(range(-7, 8))}
WIDTHS = sorted(RANGES)


@st.composite
def values_and_width(draw: st.DrawFn) -> tuple[list[int], int]:
    bits = draw(st.sampled_from(WIDTHS))
    return draw(st.lists(st.sampled_from(RANGES[bits]), max_size=70)), bits


@given(values_and_width())
def test_what_is_packed_comes_back(case: tuple[list[int], int]) -> None:
    values, bits = case
    packed = pack(np.array(values, np.int8), bits)
    assert len(packed) == packed_size(len(values), bits)
    assert unpack(packed, len(values), bits).tolist() == values


@given(st.binary(max_size=40), st.integers(0, 90), st.sampled_from(WIDTHS))
def test_bytes_are_accepted_only_when_packing_would_make_them(data: bytes, count: int, bits: int) -> None:
    try:
        values = unpack(data, count, bits)
    except QuantiseError:
        return
    assert pack(values, bits) == data


def test_the_first_value_is_the_low_nibble_and_rows_follow_each_other() -> None:
    assert pack(np.array([[1, -1], [7, -7], [0, 3]]), 4).hex() == "f19730"
    assert pack([1, -1, 0, 1, -1], 2).hex() == "4d03"
    assert pack([-1, 1, 1, 1, 1, 1, 1, 1, -1], 1).hex() == "0101"


def test_rows_are_not_padded() -> None:
    assert pack(np.ones((3, 3), np.int8), 4) == pack(np.ones(9, np.int8), 4)
    assert len(pack(np.ones((3, 3), np.int8), 4)) == 5


@pytest.mark.parametrize(
    ("values", "bits", "says"),
    [
        ([0, 8], 4, "value 8 at index 1"),
        ([-8], 4, "value -8 at index 0"),
        ([1, 1, 2], 2, "value 2 at index 2"),
        ([1, 0], 1, "value 0 at index 1"),
        ([300], 4, "value 300 at index 0"),
        ([0.5], 4, "round them"),
        ([1], 3, "1, 2 or 4"),
    ],
)
def test_what_does_not_fit_is_named(values: list[float], bits: int, says: str) -> None:
    with pytest.raises(QuantiseError, match=says):
        pack(values, bits)


@pytest.mark.parametrize(
    ("data", "count", "bits", "says"),
    [
        (b"\x08", 1, 4, "byte 0: value -8"),
        (b"\x11\x81", 4, 4, "byte 1: value -8 at index 3"),
        (b"\x02", 1, 2, "value -2"),
        (b"\x11", 1, 4, "not zero"),
        (b"\x11", 3, 4, "take 2 bytes, 1 are there"),
        (b"", -1, 4, "values of"),
    ],
)
def test_bytes_that_packing_never_makes_are_refused(data: bytes, count: int, bits: int, says: str) -> None:
    with pytest.raises(QuantiseError, match=says):
        unpack(data, count, bits)
