"""The sweep: which combinations there are, resuming, verdicts, and the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from rusta_hecate.frequencies.stream import own_text
from rusta_hecate.layers.rules import matrix
from rusta_hecate.sweep.__main__ import main
from rusta_hecate.sweep.report import falsified, page, verdict
from rusta_hecate.sweep.runner import RECORDS, read, work
from rusta_hecate.sweep.trial import FREQUENCIES, Combination, Outcome, combinations, run

TEXT = own_text()[:4000]
GOOD = Outcome("delta/scan/1/5/1", True, True, True, True, 5.0, 4.0, 1.0, 2.0)


class Here(ThreadPoolExecutor):
    """Runs at once, and counts."""

    def __init__(self) -> None:
        super().__init__(1)
        self.ran: list[str] = []

    def submit(self, fn, combination, text):  # type: ignore[no-untyped-def, override]
        self.ran.append(combination.key)
        future: Future[Outcome] = Future()
        future.set_result(fn(combination, text))
        return future


def test_only_valid_pairs_at_every_frequency() -> None:
    wanted = combinations([1000, 100])
    valid = {(r, s) for r, s, ok, _ in matrix() if ok}
    assert {(c.rule, c.strategy) for c in wanted} == valid
    assert len(wanted) == 2 * len(valid) * len(FREQUENCIES)
    assert [c.steps for c in wanted] == sorted(c.steps for c in wanted)
    assert len({c.key for c in wanted}) == len(wanted)
    some = combinations([7], rules=("delta", "lattice"), strategies=("chunkwise",))
    assert {(c.rule, c.strategy) for c in some} == {("delta", "chunkwise")}


def test_a_sound_combination_is_sound_and_the_same_every_time() -> None:
    combination = Combination("gated_delta", "chunkwise", (1, 8), 12)
    outcome = run(combination, TEXT)
    assert outcome.sound, outcome
    assert outcome == run(combination, TEXT)


def test_a_diverging_one_is_degenerate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rusta_hecate.sweep.trial.LARGEST_STATE", 1e-3)
    outcome = run(Combination("delta", "recurrent", (1,), 3), TEXT)
    assert not outcome.bounded
    assert not outcome.sound


def test_moneta_begins_where_it_does_not_run_away() -> None:
    """Forgetting makes MONETA's memory louder; with the others' first gate its state is a thousand by then."""
    outcome = run(Combination("moneta", "recurrent", (1,), 25), own_text())
    assert outcome.largest_state < 100, outcome


def sweep(wanted: list[Combination], folder: Path, executor: Here, text: bytes = TEXT) -> dict[str, Outcome]:
    return work(wanted, run, Outcome, text, folder / RECORDS, executor)


def test_what_is_recorded_is_not_run_again(tmp_path: Path) -> None:
    wanted = [Combination("delta", "chunkwise", (1,), 2, seed) for seed in (1, 2, 3)]
    with Here() as executor:
        first = sweep(wanted[:2], tmp_path, executor)
        assert executor.ran == [c.key for c in wanted[:2]]
    with (tmp_path / RECORDS).open("a") as file:
        file.write('7\n{"key": "cut off by a ki')
    with Here() as executor:
        second = sweep(wanted, tmp_path, executor)
        assert executor.ran == [wanted[2].key]
    assert list(second) == [c.key for c in wanted]
    assert {k: second[k] for k in first} == first
    assert read(tmp_path / RECORDS, TEXT, Outcome) == second


def test_records_of_another_text_do_not_count(tmp_path: Path) -> None:
    wanted = [Combination("delta", "chunkwise", (1,), 2)]
    with Here() as executor:
        first = sweep(wanted, tmp_path, executor)
        other = sweep(wanted, tmp_path, executor, text=TEXT[::-1])
        assert len(executor.ran) == 2
        assert first != other
        assert sweep(wanted, tmp_path, executor) == first
        assert len(executor.ran) == 2


@pytest.mark.parametrize(("bad", "words"), [(2, "only 1 of 14 valid pairs were tried"), (3, "falsified")])
def test_more_than_a_fifth_at_one_horizon_falsifies_the_matrix(bad: int, words: str) -> None:
    broken = Outcome("x", True, True, False, True, 5.0, 4.0, 1e9, 2.0)
    wanted = [Combination("delta", "scan", (1,), steps, seed) for steps in (5, 6) for seed in range(10)]
    outcomes = {c.key: broken if c.steps == 6 and c.seed < bad else GOOD for c in wanted}
    assert falsified(wanted, outcomes) == (bad == 3)
    assert words in verdict(wanted, outcomes)
    assert f"0 of 10 combinations (0%) are degenerate after 5 steps, {bad} of 10" in verdict(wanted, outcomes)


def test_the_matrix_stands_when_every_valid_pair_was_tried() -> None:
    wanted = combinations([5])
    assert verdict(wanted, dict.fromkeys((c.key for c in wanted), GOOD)).endswith("the constraint matrix stands")


def test_the_page_shows_outcomes_and_reasons() -> None:
    good, bad = Combination("delta", "scan", (1,), 5), Combination("moneta", "recurrent", (1, 8), 5)
    broken = Outcome(bad.key, True, False, False, True, 5.0, 4.5, 1e9, 2.0)
    html = page([good, bad], {good.key: GOOD, bad.key: broken})
    assert "5.000 → 4.000" in html
    assert "slots are brought back to length 1" in html
    assert f"<li>{bad.key}: not valid gradients, not bounded</li>" in html
    assert "Every combination is sound" in page([good], {good.key: GOOD})
    assert "<script" not in html
    assert "http" not in html


@pytest.mark.slow
def test_the_command_writes_records_and_a_report(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_bytes(TEXT)
    command = [
        sys.executable,
        "-m",
        "rusta_hecate.sweep",
        "--steps",
        "5",
        "--rule",
        "delta",
        "lattice",
        "--out",
        str(tmp_path / "out"),
        "--text",
        str(text),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "error"})
    assert done.returncode in (0, 1), done.stderr
    assert "combinations" in done.stdout
    records = (tmp_path / "out" / RECORDS).read_text().splitlines()
    assert {json.loads(line)["key"] for line in records} == {
        c.key for c in combinations([5], rules=("delta", "lattice"))
    }
    assert (tmp_path / "out" / "report.html").exists()


def test_cells_that_do_not_exist_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for asked, words in (
        (["--strategy", "sideways"], "no strategy is called 'sideways'; there are recurrent, chunkwise, scan"),
        (["--rule", "lattice", "--strategy", "scan"], "no valid pair of these rules and strategies"),
    ):
        assert main(["--out", str(tmp_path / "out"), *asked]) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_missing_text_is_told_without_a_trace(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rusta_hecate.sweep", "--out", str(tmp_path), "--text", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_an_unknown_rule_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path), "--rule", "hebb"]) == 2
    assert "no memory rule is called 'hebb'; there are delta," in capsys.readouterr().err
