"""Runs that are stopped, go on, and meet cases that break their worker."""

from __future__ import annotations

import json
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

import rusta_cargo
from rusta_eval.cases import Case, in_learn, sample
from rusta_eval.errors import EvalError
from rusta_eval.runner import Place, deciding, finished, product_digest, run_all
from rusta_eval.trial import Settings

SETTINGS = Settings(product="p1")


def case(number: int, crate: str = "") -> Case:
    return Case(f"id{number}", "index", f"x#{number}", "2021", "E0001", "type", "m", crate=crate)


class Worker:
    """Measures a case by noting that it was asked to; some cases make it fail."""

    def __init__(self, *, fails: str = "") -> None:
        self.asked: list[str] = []
        self.slots: set[str] = set()
        self._fails = fails

    def __call__(self, case: Case, settings: Settings, _out: str, _cache: str, slot: str) -> dict[str, Any]:
        self.asked.append(case.id)
        self.slots.add(Path(slot).name)
        if case.id == self._fails:
            raise RuntimeError("the ground gave way")
        return {"id": case.id, "settings": settings.fingerprint, "nth": len(self.asked)}


def threads() -> Executor:
    return ThreadPoolExecutor(1)


def run(place: Place, worker: Worker, numbers: range, settings: Settings = SETTINGS, **more: Any) -> list[Any]:
    cases = [case(number) for number in numbers]
    return run_all(cases, settings, place, workers=1, run=worker, executor=threads, show=False, **more)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "out", tmp_path / "cache")


def test_what_is_finished_is_not_measured_again(place: Place) -> None:
    first, second = Worker(), Worker()
    run(place, first, range(3))
    records = run(place, second, range(5))
    assert sorted(first.asked) == ["id0", "id1", "id2"]
    assert sorted(second.asked) == ["id3", "id4"]
    assert [record["id"] for record in records] == [f"id{n}" for n in range(5)]


def test_fresh_measures_everything_again_and_the_last_record_counts(place: Place) -> None:
    run(place, Worker(), range(2))
    again = Worker()
    run(place, again, range(2), fresh=True)
    assert sorted(again.asked) == ["id0", "id1"]
    assert len(place.records.read_text().splitlines()) == 4
    assert set(finished(place, SETTINGS)) == {"id0", "id1"}


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, product="p2"),
        replace(SETTINGS, without=("tokens",)),
        replace(SETTINGS, budget={"probes": 5.0}),
        replace(SETTINGS, environment=(("RUSTA_PRIORS", "0"),)),
    ],
    ids=["product", "proposers", "budget", "environment"],
)
def test_other_settings_are_measured_for_themselves(place: Place, other: Settings) -> None:
    run(place, Worker(), range(2))
    worker = Worker()
    run(place, worker, range(2), other)
    assert sorted(worker.asked) == ["id0", "id1"]


def test_a_line_that_was_cut_off_is_measured_again(place: Place) -> None:
    run(place, Worker(), range(3))
    text = place.records.read_text()
    place.records.write_text(text[: len(text) - 9])
    worker = Worker()
    records = run(place, worker, range(3))
    assert len(worker.asked) == 1
    assert len(records) == 3
    lines = place.records.read_text().splitlines()
    assert json.loads(lines[-1])["id"] == worker.asked[0]


def test_a_case_that_breaks_its_worker_is_told_and_the_others_go_on(place: Place) -> None:
    records = run(place, Worker(fails="id1"), range(3))
    assert [record.get("lost") for record in records] == [
        None, "RuntimeError: the ground gave way", None,
    ]  # fmt: skip


def test_cases_of_one_crate_follow_each_other(place: Place) -> None:
    worker = Worker()
    cases = [case(0, "a"), case(1, "b"), case(2, "a"), case(3, "b")]
    run_all(cases, SETTINGS, place, workers=1, run=worker, executor=threads, show=False)
    assert worker.asked in (["id0", "id2", "id1", "id3"], ["id1", "id3", "id0", "id2"])
    assert worker.slots == {"slot-0"}


def test_a_crate_stays_in_the_slot_that_built_it(place: Place) -> None:
    slots: dict[str, set[str]] = {}
    both = Barrier(2)

    def run(case: Case, settings: Settings, _out: str, _cache: str, slot: str) -> dict[str, Any]:
        slots.setdefault(case.crate, set()).add(slot)
        both.wait(30)  # two cases are always under way
        return {"id": case.id, "settings": settings.fingerprint}

    cases = [case(number, crate) for number, crate in enumerate("aabbbb")]
    run_all(cases, SETTINGS, place, workers=2, run=run, executor=lambda: ThreadPoolExecutor(2), show=False)
    assert len(slots["a"]) == 1
    assert slots["a"] <= slots["b"], "an idle slot helps out"


def test_one_folder_is_written_by_one_run(place: Place) -> None:
    class Second(Worker):
        def __call__(self, *args: Any) -> dict[str, Any]:
            with pytest.raises(EvalError, match="another measurement"):
                run(place, Worker(), range(1))
            return super().__call__(*args)

    worker = Second()
    run(place, worker, range(1))
    assert worker.asked == ["id0"]


def test_the_product_s_digest_follows_its_sources() -> None:
    assert product_digest() == product_digest()
    names = {path.name for path in deciding(Path(rusta_cargo.__path__[0]))}
    assert {"search.py", "priors.toml", "calibration.json", "std_names.txt"} <= names
    assert "showing.py" not in names
    assert len(product_digest()) == 16


def test_a_sample_depends_on_the_seed_alone() -> None:
    cases = [case(number) for number in range(40)]
    chosen = sample(cases, 10, 1)
    assert sample(list(reversed(cases)), 10, 1) == list(reversed(chosen))
    assert sample(cases, 10, 2) != chosen
    assert sample(cases, None, 1) == cases
    # a larger sample holds the smaller one, so that a run can be widened
    assert set(chosen) <= set(sample(cases, 20, 1))


def test_crates_and_codes_fall_into_both_halves() -> None:
    names = [f"crate-{number}" for number in range(200)]
    learnt = sum(in_learn(name) for name in names)
    assert 60 < learnt < 140
    assert [in_learn(name) for name in names] == [in_learn(name) for name in names]
