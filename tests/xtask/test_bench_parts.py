"""Benchmarks in parts: which are run, and what is kept of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from rusta_bench import __main__ as bench
from rusta_bench.hecate import ranker
from rusta_bench.record import Record
from rusta_bench.table import Row

ROOT = Path(__file__).resolve().parents[2]


def row(what: str, value: float = 1.0) -> Row:
    return Row(what, "peer", value, "×", "≥ 1 ×", value >= 1)


def run(monkeypatch: pytest.MonkeyPatch, sections: dict[str, object], *arguments: str) -> None:
    """The command, over sections made here."""
    monkeypatch.setattr(bench.importlib, "import_module", lambda name: SimpleNamespace(SECTIONS=sections))
    monkeypatch.setattr(sys, "argv", ["bench", "burst", *arguments])
    bench.main()


def kept(path: Path) -> list[tuple[str, str, object]]:
    return [(r["part"], r["what"], r["value"]) for r in json.loads(path.read_text("utf-8"))]


def test_a_part_is_measured_again_and_the_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.json"
    run(monkeypatch, {"one": lambda q: [row("a")], "two": lambda q: [row("b")]}, "--json", str(path))
    run(monkeypatch, {"one": lambda q: [row("a")], "two": lambda q: [row("c", 2)]}, "--json", str(path), "--only", "tw")
    assert kept(path) == [("one", "a", 1.0), ("two", "c", 2.0)]


def test_a_stopped_benchmark_goes_on_with_the_part_it_was_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(quick: bool) -> Iterator[Row]:
        yield row("b")
        raise KeyboardInterrupt

    path = tmp_path / "rows.json"
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, {"one": lambda q: [row("a")], "two": stopped}, "--json", str(path))
    assert kept(path) == [("one", "a", 1.0), ("two", "b", 1.0)]
    ran: list[str] = []

    def again(name: str) -> object:
        return lambda quick: ran.append(name) or [row(name)]

    run(monkeypatch, {"one": again("one"), "two": again("two")}, "--json", str(path), "--go-on")
    assert ran == ["two"]
    assert kept(path) == [("one", "a", 1.0), ("two", "two", 1.0)]


def test_a_figure_that_is_missing_is_null_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    Record(path).add("one", row("a", float("nan")))
    assert kept(path) == [("one", "a", None)]


@pytest.mark.parametrize("text", ["{", "{}", '[{"what": 1}]'])
def test_a_file_of_something_else_is_refused_and_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"rows\.json"):
        Record(path)
    assert path.read_text("utf-8") == text


def test_a_part_that_is_not_there_is_named_with_those_that_are() -> None:
    command = [sys.executable, "-m", "rusta_bench", "burst", "--only", "smal", "--only", "none"]
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'none'" in done.stderr
    assert "cuba-4000" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_ranker_is_compared_over_the_cases_that_either_run_repaired() -> None:
    on = {"a": {"rank": 2, "trials": [1, 2]}, "b": {"rank": 3, "trials": [1]}, "c": {"rank": None, "trials": [1] * 9}}
    off = {
        "a": {"rank": 6, "trials": [1] * 6},
        "b": {"rank": None, "trials": [1] * 14},
        "c": {"rank": None, "trials": []},
    }
    found = ranker.compared(on, off)
    assert found.value == (2 + 3) / (6 + 14)
    assert found.met
    assert "3 cases, repaired 2 with it and 1 without; 5 against 20 candidates, 2 sooner, 0 later" in found.detail
    assert not ranker.compared(off, on).met
    assert ranker.compared({"c": on["c"]}, {"c": off["c"]}).met is None
