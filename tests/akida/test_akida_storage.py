"""Files of arrays: whole or refused, and a refusal names offset and field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rusta_akida import (
    AkidaError,
    DamagedFile,
    EchoStateNetwork,
    fit_readout,
    load_network,
    load_readout,
    save_network,
    save_readout,
)
from rusta_akida.reservoir.saving import data_fingerprint
from rusta_akida.storage import DTYPES, decode, encode, write_file

SAMPLE = encode("kind", {"a": 1}, {"x": np.arange(6, dtype=np.int8).reshape(2, 3), "y": np.ones(2)})
ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.sampled_from(DTYPES).flatmap(lambda name: hnp.arrays(np.dtype(name), hnp.array_shapes(min_dims=0, max_side=4))),
    max_size=4,
)


@given(ARRAYS, st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3))
def test_what_is_written_comes_back(arrays: dict[str, np.ndarray], meta: dict[str, object]) -> None:
    back = decode(encode("kind", meta, arrays), "kind")
    assert back.meta == meta
    assert list(back.arrays) == list(arrays)
    for name, array in arrays.items():
        assert back.arrays[name].dtype == array.dtype
        assert back.arrays[name].shape == array.shape
        assert back.arrays[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("length", range(len(SAMPLE)))
def test_a_cut_at_any_byte_is_named(length: int) -> None:
    with pytest.raises(DamagedFile, match=r"offset \d+.*field '"):
        decode(SAMPLE[:length], "kind")


@pytest.mark.parametrize("at", range(len(SAMPLE)))
def test_a_changed_byte_is_found_wherever_it_is(at: int) -> None:
    data = bytearray(SAMPLE)
    data[at] ^= 0x20
    with pytest.raises(DamagedFile, match=r"offset \d+.*field '"):
        decode(bytes(data), "kind")


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, begins_well: bool) -> None:
    with pytest.raises(DamagedFile):
        decode(SAMPLE[:16] + data if begins_well else data, "kind")


def test_more_bytes_or_another_kind_are_refused() -> None:
    with pytest.raises(DamagedFile, match="field 'digest'"):
        decode(SAMPLE + b"x", "kind")
    with pytest.raises(DamagedFile, match="'kind' instead of 'other'"):
        decode(SAMPLE, "other")


def test_a_network_comes_back_from_its_file(tmp_path: Path) -> None:
    network = EchoStateNetwork(24, 2, leak=0.3, bias=0.2, seed=5, topology="grouped")
    print_of = save_network(network, tmp_path / "network")
    back = load_network(tmp_path / "network")
    series = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    assert (back.collect_activations(series, 0) == network.collect_activations(series, 0)).all()
    assert back.config == network.config
    assert save_network(back, tmp_path / "again") == print_of
    assert save_network(EchoStateNetwork(24, 2, seed=6), tmp_path / "other") != print_of


def test_a_readout_says_what_it_was_made_from(tmp_path: Path) -> None:
    x, y = np.random.default_rng(0).standard_normal((2, 30, 3))
    readout = fit_readout(x, y, 0.1)
    save_readout(readout, tmp_path / "readout", network="n" * 64, data=data_fingerprint(x, y))
    back, made_from = load_readout(tmp_path / "readout")
    assert (back.weights == readout.weights).all()
    assert back.lambda_ == 0.1
    assert np.isnan(back.score)
    assert made_from == {"network": "n" * 64, "data": data_fingerprint(x, y)}
    assert data_fingerprint(x, y) != data_fingerprint(y, x)
    with pytest.raises(DamagedFile, match="'readout' instead of 'reservoir'"):
        load_network(tmp_path / "readout")


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(AkidaError, match="unchanged"):
        write_file(tmp_path / "folder", b"data")
    with pytest.raises(AkidaError, match="can't be written"):
        write_file(tmp_path / "missing" / "file", b"data")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
