"""``rusta train`` and ``rusta model`` end to end: an episode, a promotion, a refusal, and a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from byte_worlds import SMALL, quick, small_corpus

from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext
from rusta_datasets import document, write_corpus
from rusta_hecate import HecateError
from rusta_hecate.container import save
from rusta_hecate.episode.domain import refusal
from rusta_hecate.episode.faults import mendable
from rusta_hecate.episode.progress import newest
from rusta_hecate.episode.tools import train_look
from rusta_hecate.episode.words import TrainArgs, TrainGoal
from rusta_hecate.shelf import Shelf
from rusta_hecate.training.loop import LOG, resume, start, train

RUSTA = str(Path(sys.executable).with_name("rusta"))
SMALLEST = [
    "--steps", "8", "--rows", "2", "--length", "32", "--set", "width=16", "--set", "layers=1", "--set", "heads=2",
    "--set", "hidden=32", "--set", "buckets=16", "--set", "window=16",
]  # fmt: skip

KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from byte_worlds import SMALL, quick
from rusta_datasets import Corpus
from rusta_hecate.training.loop import start, train
folder = Path(sys.argv[2])
train(start(SMALL, quick(steps=400, save_every_s=0.0), Corpus(folder / "corpus"), folder / "run"), folder / "run")
"""


def rusta(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "RUSTA_HOME": str(home)}
    return subprocess.run([RUSTA, *arguments], capture_output=True, text=True, env=environ, check=False)


def bits(folder: Path) -> list[float]:
    return [json.loads(line)["bits"] for line in (folder / LOG).read_text().splitlines()]


def test_a_run_that_was_killed_goes_on_bit_for_bit(tmp_path: Path) -> None:
    corpus = small_corpus(tmp_path / "corpus")
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(Path(__file__).parent), str(tmp_path)])
    log = tmp_path / "run" / LOG
    while child.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") > 6):
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    run = resume(corpus, tmp_path / "run")
    assert 0 < run.step < 400
    until = run.step + 5
    train(run, tmp_path / "run", stop=lambda: run.step >= until)
    whole = start(SMALL, quick(steps=400), corpus, tmp_path / "whole")
    train(whole, tmp_path / "whole", stop=lambda: whole.step >= until)
    assert bits(tmp_path / "run") == bits(tmp_path / "whole")


def test_a_model_is_trained_promoted_refused_and_taken_back(tmp_path: Path) -> None:
    small_corpus(tmp_path / "corpus")
    home = tmp_path / "home"
    done = rusta(home, "train", "nano", "--corpus", str(tmp_path / "corpus"), *SMALLEST)
    assert done.returncode == 0, done.stderr
    assert "trained:" in done.stdout
    promoted = home / "models" / "nano.rhc"
    assert promoted.is_file()
    before = promoted.read_bytes()

    worse = rusta(
        home, "train", "nano", "--corpus", str(tmp_path / "corpus"), *SMALLEST, "--steps", "1",
        "--folder", str(tmp_path / "worse"), "--json",
    )  # fmt: skip
    assert worse.returncode == 1, worse.stderr
    told = json.loads(worse.stdout)
    assert told["outcome"] == "rolled_back"
    assert told["data"]["int8"] > told["data"]["former"]
    assert promoted.read_bytes() == before

    measured = rusta(home, "model", "measure", "--file", str(promoted), "--corpus", str(tmp_path / "corpus"), "--json")
    assert measured.returncode == 0, measured.stderr
    assert 0 < json.loads(measured.stdout)["mixed"] < 8
    back = rusta(home, "model", "rollback", "nano")
    assert back.returncode == 0
    assert not promoted.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["train", "nano", "--corpus", "missing"], 10, "rusta corpus build"),
        (["train", "huge"], 2, "huge"),
        (["train", "nano", "--set", "width"], 2, "NAME=N"),
        (["model", "rollback", "nano"], 1, "nothing to take back"),
        (["model", "show", "--file", "missing.rhc"], 1, "missing.rhc"),
        (["corpus", "show", "--at", "missing"], 1, "rusta corpus build"),
    ],
)
def test_bad_input_is_told_in_one_line(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    done = rusta(tmp_path / "home", *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_corpus_with_nothing_held_out_is_refused_before_it_is_trained_on(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", [document("book", "d", "MIT", b"x")])
    goal = TrainGoal(
        size="nano", name="n", corpus=str(tmp_path / "corpus"), folder=str(tmp_path / "run"), settings={"steps": 1}
    )
    with pytest.raises(ToolError, match="nothing could be measured; give a larger corpus"):
        train_look(TrainArgs(goal=goal), ToolContext(None, 60, threading.Event(), "key", 1, tmp_path))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("fails", "words"),
    [
        (lambda: torch.empty(2**50), "lower --rows or --length"),
        (lambda: bytearray(2**62), "lower --rows or --length"),
        (lambda: Path("/dev/full").write_bytes(b"x"), "No space left on device; make room"),
        (lambda: Path("/proc/no/such").write_bytes(b"x"), "/proc/no/such: No such file"),
    ],
)
def test_a_full_machine_is_told_and_what_to_do(fails: Callable[[], object], words: str) -> None:
    with pytest.raises(ToolError, match=words), mendable():
        fails()
    with pytest.raises(RuntimeError, match="size of tensor"), mendable():
        torch.ones(2) + torch.ones(3)  # a fault of ours is not dressed up


def test_promotions_are_taken_back_one_step(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for number in (1, 2):
        save(tmp_path / f"{number}.rhc", {"n": number}, {})
        shelf.promote("m", tmp_path / f"{number}.rhc")
    second = (tmp_path / "2.rhc").read_bytes()
    assert shelf.path("m").read_bytes() == second
    (tmp_path / "broken.rhc").write_bytes(second[:-1])
    with pytest.raises(HecateError, match="damaged"):
        shelf.promote("m", tmp_path / "broken.rhc")
    assert shelf.path("m").read_bytes() == second
    former = shelf.roll_back("m")
    assert former is not None
    assert former.read_bytes() == (tmp_path / "1.rhc").read_bytes()
    assert shelf.roll_back("m") is None
    with pytest.raises(HecateError, match="nothing to take back"):
        shelf.roll_back("m")


def test_gates_refuse_what_knows_nothing_or_is_worse() -> None:
    assert refusal({"int8": 2.0, "former": None}) is None
    assert refusal({"int8": 2.0, "former": 2.0}) is None
    assert "promoted model" in str(refusal({"int8": 2.1, "former": 2.0}))
    assert "knows nothing" in str(refusal({"int8": 8.0, "former": None}))
    assert "knows nothing" in str(refusal({"int8": float("nan"), "former": None}))


def test_the_line_on_the_terminal_follows_a_log_that_is_being_written(tmp_path: Path) -> None:
    assert newest(tmp_path / LOG) == ""
    (tmp_path / LOG).write_text('{"step": 4, "bits": 2.5, "norm": 1.0, "factor": 0.5, "elapsed": 9.0}\n{"step": 5, "b')
    assert newest(tmp_path / LOG) == "step 5  2.500 bits a byte  rate 0.50  9 s"
