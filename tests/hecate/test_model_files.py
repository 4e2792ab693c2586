"""The container of arrays: whole or not at all, and every damage noticed."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from rusta_hecate import FileDamaged, HecateError
from rusta_hecate.container import VERSION, decode, encode, load, save

DTYPES = ["float32", "float16", "int8", "uint8", "int64", "int32", "uint16", "uint32"]
any_array = st.sampled_from(DTYPES).flatmap(
    lambda name: arrays_of.arrays(
        np.dtype(name), arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
    )
)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.text(max_size=12), any_array, max_size=4), st.dictionaries(st.text(max_size=5), st.integers())
)
def test_what_is_written_is_read(arrays: dict[str, np.ndarray], header: dict[str, int]) -> None:
    header.pop("arrays", None)
    again, found = decode(encode(header, arrays), "here")
    assert again == header
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


SAMPLE = encode({"kind": "x"}, {"a": np.arange(40, dtype=np.float32), "b": np.ones((2, 3), np.int8)})


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255))
def test_any_flipped_byte_is_noticed(place: int, change: int) -> None:
    data = bytearray(SAMPLE)
    data[place] ^= change
    with pytest.raises(FileDamaged):
        decode(bytes(data), "here")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(SAMPLE) - 1))
def test_any_cut_is_noticed(length: int) -> None:
    with pytest.raises(FileDamaged):
        decode(SAMPLE[:length], "here")


def test_another_version_is_named() -> None:
    data = bytearray(SAMPLE)
    data[8] = VERSION + 1
    with pytest.raises(FileDamaged, match=f"format {VERSION + 1}; this program reads format {VERSION}"):
        decode(bytes(data), "here")


def test_arrays_that_are_read_cannot_be_written() -> None:
    _, found = decode(SAMPLE, "here")
    with pytest.raises(ValueError, match="read-only"):
        found["a"][0] = 1


def test_a_type_without_a_name_in_the_format_is_refused() -> None:
    with pytest.raises(HecateError, match="complex64"):
        encode({}, {"a": np.zeros(2, np.complex64)})


def test_a_full_disk_leaves_the_former_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.rhc"
    save(path, {"n": 1}, {"a": np.zeros(3, np.float32)})

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HecateError, match=r"m\.rhc.*No space left.*untouched"):
        save(path, {"n": 2}, {"a": np.ones(3, np.float32)})
    assert load(path)[0] == {"n": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["m.rhc"]


def test_a_disk_that_fills_up_in_the_middle_leaves_the_former_file(tmp_path: Path) -> None:
    path = tmp_path / "m.rhc"
    save(path, {"n": 1}, {"a": np.zeros(3, np.float32)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(HecateError, match=r"m\.rhc: File too large; the former file is untouched; make room"):
            save(path, {"n": 2}, {str(i): np.zeros(10_000, np.float32) for i in range(5)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert load(path)[0] == {"n": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["m.rhc"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileDamaged, match=r"none\.rhc"):
        load(tmp_path / "none.rhc")
