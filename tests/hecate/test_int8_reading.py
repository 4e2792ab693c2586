"""The int8 reader: the same numbers as PyTorch with the same weights, a constant state, shared prefixes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from byte_worlds import SMALL, quick, small_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_hecate import FileDamaged, Network
from rusta_hecate.container import load, save
from rusta_hecate.inference.network import log_softmax, symbols_of
from rusta_hecate.inference.quantise import (
    QuantisationRefused,
    export,
    float_arrays,
    int8_arrays,
    quantised,
)
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.training.run import Run


def pair(config: ModelConfig = SMALL) -> tuple[ByteModel, Network]:
    """A model with random weights everywhere, and its int8 twin; the model has the rounded weights."""
    model = ByteModel(config, seed=3)
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.1)
    weights = {name: p.detach().numpy() for name, p in model.named_parameters()}
    small = int8_arrays(weights)
    model.load_state_dict({name: torch.from_numpy(np.array(a)) for name, a in float_arrays(small).items()})
    return model, Network(config, small)


@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        ModelConfig(width=24, layers=1, heads=3, window=5, hidden=40, mlp="swiglu", tied=True),
        ModelConfig(width=16, layers=2, heads=2, window=300, hidden=16, rotary=False),
    ],
)
def test_the_reader_computes_what_pytorch_computes(config: ModelConfig) -> None:
    model, network = pair(config)
    symbols = symbols_of(bytes(range(256)))[:, :200]
    with torch.no_grad():
        expected = model(torch.from_numpy(symbols)).numpy()
    _, found = network.read(network.start(), symbols)
    np.testing.assert_allclose(found, expected, atol=2e-3, rtol=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=1, max_size=60), st.data())
def test_pieces_of_any_size_give_the_same_as_the_whole(text: bytes, data: st.DataObject) -> None:
    _, network = pair()
    symbols = symbols_of(text)
    _, whole = network.read(network.start(), symbols)
    cut = data.draw(st.integers(0, symbols.shape[1]))
    state, first = network.read(network.start(), symbols[:, :cut])
    _, second = network.read(state, symbols[:, cut:])
    np.testing.assert_allclose(np.concatenate((first, second), axis=1), whole, atol=1e-3, rtol=1e-3)


def test_the_state_stops_growing() -> None:
    _, network = pair()
    state, _ = network.read(network.start(), symbols_of(b"a" * 100))
    later, _ = network.read(state, symbols_of(b"b" * 1000, begins=False))
    assert later.size == state.size
    assert later.place == 1101


def test_many_continuations_share_one_state() -> None:
    _, network = pair()
    state, _ = network.read(network.start(), symbols_of(b"fn main() {"))
    texts = [b"let a", b"loop ", b"\0\xff\x80ab"]
    together = np.concatenate([symbols_of(text, begins=False) for text in texts])
    _, found = network.read(state, together)
    for row, text in zip(found, texts, strict=True):
        _, alone = network.read(state, symbols_of(text, begins=False))
        np.testing.assert_allclose(row, alone[0], atol=1e-3, rtol=1e-3)


@given(st.integers(1, 6), st.integers(1, 40), st.integers(0, 99))
def test_each_row_loses_at_most_half_a_step(rows: int, columns: int, seed: int) -> None:
    weights = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    weights[0] = 0
    small, factors = quantised(weights)
    assert np.abs(small.astype(np.float32) * factors[:, None] - weights).max() <= factors.max() * 0.5001
    assert (small[0] == 0).all()


def test_logarithms_of_probabilities_sum_to_one() -> None:
    logits = np.array([[1e4, 0.0, -1e4], [3.0, 3.0, 3.0]], np.float32)
    np.testing.assert_allclose(np.exp(log_softmax(logits)).sum(axis=-1), 1.0, rtol=1e-6)


def checkpoint(folder: Path) -> Path:
    run = Run(SMALL, quick(), small_corpus(folder / "corpus"))
    run.advance()
    save(folder / "run.rhc", *run.state())
    return folder / "run.rhc"


def test_a_quantised_file_that_loses_too_much_is_refused_and_not_written(tmp_path: Path) -> None:
    figures = iter([1.0, 1.03])
    with pytest.raises(QuantisationRefused, match=r"1\.0300.*1\.0000.*2%"):
        export(checkpoint(tmp_path), tmp_path / "out.rhc", lambda _h, _w: next(figures))
    assert not (tmp_path / "out.rhc").exists()


def test_a_quantised_file_within_the_bound_is_written_and_read(tmp_path: Path) -> None:
    figures = iter([1.0, 1.019])
    header = export(checkpoint(tmp_path), tmp_path / "out.rhc", lambda _h, _w: next(figures))
    assert header["bits_int8"] == 1.019
    network = Network.load(tmp_path / "out.rhc")
    assert network.config == SMALL
    assert network.header["training"]["settings"]["seed"] == 1
    with pytest.raises(FileDamaged, match="training"):
        Network.load(tmp_path / "run.rhc")


def test_a_file_with_a_missing_or_wrong_array_is_refused(tmp_path: Path) -> None:
    export(checkpoint(tmp_path), tmp_path / "out.rhc", lambda _h, _w: 1.0)
    header, arrays = load(tmp_path / "out.rhc")
    for broken, words in (
        ({k: v for k, v in arrays.items() if k != "head"}, "head is missing"),
        ({**arrays, "head": np.zeros((2, 2), np.int8)}, "head has the shape"),
        ({k: v for k, v in arrays.items() if k != "head.factors"}, "head is not int8"),
    ):
        save(tmp_path / "broken.rhc", header, broken)
        with pytest.raises(FileDamaged, match=words):
            Network.load(tmp_path / "broken.rhc")
