"""The stages S1 and S2: examples from real texts and logs, runs that go on exactly, gates on held-out answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from byte_worlds import SMALL, quick, small_corpus, staged_corpus
from test_train_command import SMALLEST, bits, rusta

from rusta_datasets import Corpus
from rusta_hecate import ConfigError, FileDamaged, TrainingError
from rusta_hecate.container import load, save
from rusta_hecate.episode.domain import refusal
from rusta_hecate.heads import TERMS, stages
from rusta_hecate.model.config import nano
from rusta_hecate.training.loop import CHECKPOINT, LOG, resume, start, train
from rusta_hecate.training.run import Run

LOGGED = [
    [
        {"kind": "opened", "data": {"domain": "repair"}},
        {"kind": "started", "data": {"action": {"verb": verb, "args": {"path": "src/lib.rs", "n": i}}}},
        {"kind": "done", "data": {"output": {"status": "ok"}}},
        {"kind": "closed", "data": {}},
    ]
    for i, verb in enumerate(["cargo_check", "read_span", "docs_search", "read_span", "cargo_test"])
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return staged_corpus(tmp_path_factory.mktemp("stages") / "corpus")


def test_a_stage_s_examples_come_from_its_texts_and_logs(corpus: Corpus) -> None:
    first, second = (stages.make(corpus, LOGGED, stage, seed=1) for stage in ("s1", "s2"))
    assert all(e.answer is not None and e.kinds is None for e in (*first.train, *first.heldout))
    assert first.train
    assert first.heldout
    assert second.tools == ("cargo_check", "cargo_test", "docs_search", "read_span")
    learnt = {
        name: sum(getattr(e, name) is not None for e in second.train)
        for name in ("answer", "action", "kinds", "right", "lines")
    }
    assert min(learnt.values()) > 0
    assert {e.right for e in second.train} == {True, False, None}
    texts = {corpus.document(entry) for entry in corpus.entries("heldout")}
    assert all(any(p in text for text in texts) for e in second.heldout for p in e.passages)
    assert stages.make(corpus, LOGGED, "s2", seed=1) == second
    assert stages.make(corpus, LOGGED, "s2", seed=2) != second


def test_examples_come_back_from_their_file_and_from_no_other(corpus: Corpus, tmp_path: Path) -> None:
    made = stages.make(corpus, LOGGED, "s2", seed=1)
    path = tmp_path / stages.FILE
    stages.save(made, path)
    assert stages.load(path, made.digest()) == made
    assert made.draw(5, 1, 7) == made.draw(5, 1, 7) != made.draw(5, 1, 8)
    whole = path.read_bytes()
    path.write_bytes(whole[:-2])
    with pytest.raises(FileDamaged, match="not the examples"):
        stages.load(path, made.digest())
    path.unlink()
    with pytest.raises(FileDamaged, match="cannot go on without"):
        stages.load(path, made.digest())


def test_a_corpus_without_passages_and_code_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="nothing to learn from"):
        start(SMALL, quick(stage="s2"), small_corpus(tmp_path / "corpus"), tmp_path / "run")
    with pytest.raises(ConfigError, match="no stage is called"):
        quick(stage="s3")
    with pytest.raises(ConfigError, match="with labelled examples"):
        Run(SMALL, quick(stage="s1"), small_corpus(tmp_path / "corpus"))


def test_a_staged_run_logs_its_terms_and_goes_on_bit_for_bit(corpus: Corpus, tmp_path: Path) -> None:
    settings = quick(stage="s2", steps=5, examples=4)
    whole = start(SMALL, settings, corpus, tmp_path / "whole", LOGGED)
    train(whole, tmp_path / "whole")
    part = start(SMALL, settings, corpus, tmp_path / "part", LOGGED)
    train(part, tmp_path / "part", stop=lambda: part.step >= 2)
    train(resume(corpus, tmp_path / "part"), tmp_path / "part")
    assert bits(tmp_path / "part") == bits(tmp_path / "whole")
    rows = [json.loads(line) for line in (tmp_path / "whole" / LOG).read_text().splitlines()]
    assert {name for row in rows for name in row["terms"]} == set(TERMS)
    again = [json.loads(line) for line in (tmp_path / "part" / LOG).read_text().splitlines()]
    assert [row["terms"] for row in again] == [row["terms"] for row in rows]
    arrays = [load(tmp_path / name / CHECKPOINT)[1] for name in ("part", "whole")]
    assert arrays[0].keys() == arrays[1].keys()
    assert "heads.kind_head.weight" in arrays[0]
    assert all((arrays[0][name] == arrays[1][name]).all() for name in arrays[0])


def test_a_stage_begins_with_the_weights_of_the_one_before(corpus: Corpus, tmp_path: Path) -> None:
    former = start(SMALL, quick(steps=2), corpus, tmp_path / "s0")
    train(former, tmp_path / "s0")
    run = start(SMALL, quick(stage="s1"), corpus, tmp_path / "s1", after=tmp_path / "s0")
    assert all((a == b).all() for a, b in zip(run.model.parameters(), former.model.parameters(), strict=True))
    assert run.step == 0
    header, arrays = load(tmp_path / "s0" / CHECKPOINT)
    save(tmp_path / "int8" / CHECKPOINT, {**header, "kind": "int8"}, arrays)
    with pytest.raises(FileDamaged, match="checkpoint of a training run"):
        start(SMALL, quick(), corpus, tmp_path / "new", after=tmp_path / "int8")


def test_a_stage_s_gates() -> None:
    figures = {"int8": 2.0, "former": None, "stage": "s1", "heads": {"anchor": 0.79}}
    assert "right 79.0% of the time" in str(refusal(figures))
    assert refusal({**figures, "heads": {"anchor": 0.8}}) is None
    assert "no held-out example" in str(refusal({**figures, "heads": {}}))
    assert "ast head" in str(refusal({**figures, "stage": "s2", "heads": {"anchor": 1.0, "action": 0.75, "ast": 0.9}}))


def test_the_command_trains_a_stage_after_another_and_does_not_promote_guesses(tmp_path: Path) -> None:
    corpus = staged_corpus(tmp_path / "corpus")
    home = tmp_path / "home"
    smallest = nano(width=16, layers=1, heads=2, hidden=32, buckets=16, window=16)
    train(start(smallest, quick(steps=40, rows=8), corpus, home / "train" / "nano"), home / "train" / "nano")
    command = ["train", "nano", "--corpus", str(tmp_path / "corpus"), *SMALLEST, "--stage", "s1", "--json", "--after"]
    done = rusta(home, *command, "nano")
    assert done.returncode == 1, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["outcome"] == "rolled_back"
    assert "anchor head is right" in told["summary"]
    assert told["data"]["bits"] < 7.5, "it went on from where the former run was"
    assert 0 <= told["data"]["heads"]["anchor"] < 0.8
    assert not (home / "models" / "nano-s1.rhc").exists()
    unknown = rusta(home, *command, "nowhere")
    assert unknown.returncode == 2
    assert "no run of that name" in unknown.stderr
