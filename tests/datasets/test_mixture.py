"""The sampler: seeds, weights, windows, and going on from a state."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_datasets import IGNORED, START, Corpus, DatasetError, MixtureSampler, document, write_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("mixture") / "corpus"
    letters = [document("a", f"a{i}", "MIT", b"ab" * (20 + i)) for i in range(40)]
    digits = [document("d", f"d{i}", "MIT", b"01" * (20 + i)) for i in range(40)]
    return write_corpus(folder, [*letters, *digits, document("a", "tiny", "MIT", b"a")])


def test_the_same_seed_gives_the_same_windows(corpus: Corpus) -> None:
    first, second, other = (MixtureSampler(corpus, 32, seed) for seed in (5, 5, 6))
    a, b, c = (sampler.batch(8)[0] for sampler in (first, second, other))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_a_state_goes_on_exactly_there_even_through_json(corpus: Corpus) -> None:
    sampler = MixtureSampler(corpus, 16, 9)
    sampler.batch(3)
    state = json.loads(json.dumps(sampler.state()))
    expected = sampler.batch(4)
    again = MixtureSampler(corpus, 16, 0)
    again.restore(state)
    assert np.array_equal(again.batch(4)[0], expected[0])
    assert again.seed == 9


@settings(max_examples=50)
@given(length=st.integers(1, 300), seed=st.integers(0, 1000))
def test_targets_are_the_inputs_one_place_on(corpus: Corpus, length: int, seed: int) -> None:
    inputs, targets = MixtureSampler(corpus, length, seed).window()
    assert inputs.shape == targets.shape == (length,)
    assert ((inputs >= 0) & (inputs <= START)).all()
    following = np.where(inputs[1:] == START, IGNORED, inputs[1:])
    assert np.array_equal(targets[:-1], following)


def test_weights_change_what_is_drawn(corpus: Corpus) -> None:
    def share(weight: float) -> float:
        inputs = MixtureSampler(corpus, 8, 1, {"a": weight, "d": 1.0}).batch(400)[0]
        return float((inputs >= ord("a")).mean())

    assert share(0.0) < 0.45 < share(3.0)
    assert share(3.0) > 0.6


def test_beginnings_of_documents_are_drawn_too(corpus: Corpus) -> None:
    inputs, targets = MixtureSampler(corpus, 8, 3).batch(200)
    assert (inputs[:, 0] == START).any()
    assert (targets != START).all()


@pytest.mark.parametrize("weights", [{"a": 0.0, "d": 0.0}, {"a": -1.0}])
def test_weights_that_leave_nothing_are_refused(corpus: Corpus, weights: dict[str, float]) -> None:
    with pytest.raises(DatasetError, match="mixture weights"):
        MixtureSampler(corpus, 8, 1, weights)


def test_a_corpus_of_one_byte_can_be_drawn_from_and_its_empty_side_not(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "one", [document("a", "a", "MIT", b"a")])
    inputs, targets = MixtureSampler(corpus, 5, 1).window()
    assert set(inputs) <= {ord("a"), START}
    assert set(targets) <= {ord("a"), IGNORED}
    with pytest.raises(DatasetError, match="heldout"):
        MixtureSampler(corpus, 5, 1, side="heldout")
