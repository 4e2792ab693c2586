"""Training runs: they learn, they go on bit for bit, and they stop when numbers stop being numbers."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from byte_worlds import SMALL, quick, small_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_datasets import Corpus
from rusta_hecate import ConfigError, FileDamaged, TrainingError
from rusta_hecate.container import load, save
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.training.loop import CHECKPOINT, LOG, PLOT, resume, start, train
from rusta_hecate.training.muon import orthogonal, stacked
from rusta_hecate.training.run import Run
from rusta_hecate.training.schedule import Schedule
from rusta_hecate.training.settings import TrainSettings

SMALLER = ModelConfig(width=8, layers=1, heads=2, window=8, hidden=8)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return small_corpus(tmp_path_factory.mktemp("training") / "corpus")


def losses(run: Run, steps: int) -> list[float]:
    return [run.advance().bits for _ in range(steps)]


def test_a_run_learns(corpus: Corpus) -> None:
    run = Run(SMALL, quick(steps=40, rows=4), corpus)
    bits = losses(run, 40)
    assert bits[0] > 7.5
    assert np.mean(bits[-5:]) < 4.0


def test_two_runs_with_one_seed_are_the_same_and_with_another_are_not(corpus: Corpus) -> None:
    first, second, other = (losses(Run(SMALL, quick(seed=seed), corpus), 4) for seed in (1, 1, 2))
    assert first == second
    assert first != other


@pytest.mark.parametrize("bf16", [False, True])
def test_a_state_put_into_another_run_goes_on_bit_for_bit(corpus: Corpus, tmp_path: Path, bf16: bool) -> None:
    run = Run(SMALL, quick(bf16=bf16), corpus)
    losses(run, 5)
    save(tmp_path / CHECKPOINT, *run.state())
    expected = losses(run, 5)
    assert losses(resume(corpus, tmp_path), 5) == expected


def test_a_finished_run_leaves_its_checkpoint_its_log_and_its_picture(corpus: Corpus, tmp_path: Path) -> None:
    run = start(SMALL, quick(steps=6), corpus, tmp_path / "run")
    train(run, tmp_path / "run")
    assert run.over
    rows = [json.loads(line) for line in (tmp_path / "run" / LOG).read_text().splitlines()]
    assert [row["step"] for row in rows] == list(range(6))
    assert rows[-1]["factor"] < rows[2]["factor"]
    assert (tmp_path / "run" / PLOT).read_text().startswith("<svg")
    assert load(tmp_path / "run" / CHECKPOINT)[0]["step"] == 6
    with pytest.raises(ConfigError, match="holds a run already"):
        start(SMALL, quick(), corpus, tmp_path / "run")


def test_lines_of_the_log_after_the_checkpoint_are_dropped(corpus: Corpus, tmp_path: Path) -> None:
    run = start(SMALL, quick(), corpus, tmp_path)
    train(run, tmp_path, stop=lambda: run.step >= 3)
    with (tmp_path / LOG).open("a") as log:
        log.write('{"step": 3, "bits": 1.0, "norm": 1.0, "factor": 1.0, "elapsed": 1.0}\n{"step": 4, "bi')
    resume(corpus, tmp_path)
    assert [json.loads(line)["step"] for line in (tmp_path / LOG).read_text().splitlines()] == [0, 1, 2]


def test_another_corpus_another_kind_and_other_shapes_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    run = Run(SMALL, quick(), corpus)
    header, arrays = run.state()
    save(tmp_path / CHECKPOINT, {**header, "corpus": "other"}, arrays)
    with pytest.raises(FileDamaged, match="another corpus"):
        resume(corpus, tmp_path)
    save(tmp_path / CHECKPOINT, {**header, "kind": "int8"}, arrays)
    with pytest.raises(FileDamaged, match="int8"):
        resume(corpus, tmp_path)
    save(tmp_path / CHECKPOINT, header, {**arrays, "model.norm.weight": np.zeros(3, np.float32)})
    with pytest.raises(
        FileDamaged, match=r"run\.rhc: of another model: model\.norm\.weight has the shape \(3,\).*another folder"
    ):
        resume(corpus, tmp_path)
    save(tmp_path / CHECKPOINT, header, {**arrays, "model.norm.weight": np.ones(SMALL.width, np.int8)})
    with pytest.raises(FileDamaged, match="the type int8"):
        resume(corpus, tmp_path)
    del arrays["model.norm.weight"]
    save(tmp_path / CHECKPOINT, header, arrays)
    with pytest.raises(FileDamaged, match=r"no array model\.norm\.weight"):
        resume(corpus, tmp_path)
    save(tmp_path / CHECKPOINT, {**header, "config": {"height": 3}}, arrays)
    with pytest.raises((FileDamaged, ConfigError), match="height"):
        resume(corpus, tmp_path)


JUNK = st.one_of(st.none(), st.integers(-9, 9), st.text(max_size=3), st.just([]), st.just({}), st.just([{}, "x"]))
KEYS = ("config", "settings", "step", "elapsed", "schedule", "sampler", "corpus", "counts", "examples")


@settings(max_examples=30, deadline=None)
@given(key=st.sampled_from(KEYS), value=JUNK)
def test_a_header_with_anything_in_it_is_refused_or_goes_on(
    corpus: Corpus, tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    folder = tmp_path_factory.mktemp("junk")
    header, arrays = Run(SMALLER, quick(), corpus).state()
    save(folder / CHECKPOINT, {**header, key: value}, arrays)
    with contextlib.suppress(FileDamaged, ConfigError):
        resume(corpus, folder).advance()


def test_a_poisoned_layer_is_named_and_nothing_is_updated(corpus: Corpus) -> None:
    run = Run(SMALL, quick(), corpus)
    with torch.no_grad():
        run.model.blocks[1].mlp.down[0, 0] = float("nan")  # type: ignore[union-attr, index, operator]
    before = run.model.embedding.bytes.detach().clone()
    with pytest.raises(TrainingError, match=r"step 0: the loss is nan; first seen in blocks\.1"):
        run.advance()
    assert torch.equal(before, run.model.embedding.bytes)


def test_a_gradient_that_is_no_number_is_named(corpus: Corpus) -> None:
    run = Run(SMALL, quick(), corpus)
    run.model.blocks[0].attention.qkv.register_hook(lambda grad: grad * float("inf"))  # type: ignore[union-attr, operator]
    with pytest.raises(TrainingError, match=r"gradient of blocks\.0\.attention\.qkv"):
        run.advance()


@pytest.mark.parametrize(
    "wrong", [{"rows": 0}, {"steps": 0}, {"decay_share": 1.0}, {"clip": 0.0}, {"muon_rate": float("nan")}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong)) if "steps" not in wrong else "end"):
        quick(**wrong)


def test_settings_of_another_version_are_named() -> None:
    with pytest.raises(ConfigError, match="speed"):
        TrainSettings.from_json({"steps": 1, "speed": 3})


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 50), st.integers(0, 200), st.integers(1, 100))
def test_the_rate_rises_stays_and_falls_to_nothing(warmup: int, begin: int, length: int) -> None:
    schedule = Schedule(warmup)
    schedule.begin_decay(begin, length)
    schedule.begin_decay(begin + 7, length + 3)  # a decay that has begun is not moved
    factors = [schedule.factor(step) for step in range(begin + length + 2)]
    assert all(0 <= factor <= 1 for factor in factors)
    assert factors[begin + length - 1] == 0 or begin + length - 1 < 0
    assert schedule.over(begin + length)
    assert not schedule.over(begin + length - 1)
    assert all(a >= b for a, b in zip(factors[max(begin, warmup) :], factors[max(begin, warmup) + 1 :], strict=False))


def test_a_run_bounded_by_time_decides_its_decay_once(corpus: Corpus) -> None:
    run = Run(SMALL, quick(steps=0, seconds=10.0), corpus)
    run.step, run.elapsed = 70, 7.0
    run.plan_decay()
    assert run.schedule.decay_from == 70
    assert run.schedule.decay == 30
    run.elapsed = 99.0
    run.plan_decay()
    assert run.schedule.decay == 30


def test_newton_schulz_brings_all_singular_values_near_one() -> None:
    generator = torch.Generator().manual_seed(0)
    made = orthogonal(torch.randn(3, 24, 40, generator=generator))
    values = torch.linalg.svdvals(made)
    assert float(values.min()) > 0.5
    assert float(values.max()) < 1.4
    assert stacked(torch.zeros(96, 32)) == 3
    assert stacked(torch.zeros(64, 32)) == 1
