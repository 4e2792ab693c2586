"""Priors and confidence learnt from records."""

from __future__ import annotations

import json
import math
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import known as told_features
from records import record

from rusta_cargo import FEATURES, HEADS
from rusta_eval.calibration import fit, fits, known, logistic, told
from rusta_eval.cases import in_learn
from rusta_eval.errors import EvalError
from rusta_eval.learning import learn
from rusta_eval.measures import exact
from rusta_eval.priors import STRENGTH, Count, count, held_out, learnt_on, to_toml

LEARNT = next(f"crate-{n}" for n in range(50) if in_learn(f"crate-{n}"))
HELD = next(f"crate-{n}" for n in range(50) if not in_learn(f"crate-{n}"))


def trial(kind: str, won: bool, proposer: str = "coercions") -> dict[str, Any]:
    return {"proposer": proposer, "kind": kind, "prior": 0.5, "won": won, "ok": won, "code": None}


def trials(number: int, crate: str, *made: dict[str, Any], **more: Any) -> dict[str, Any]:
    return record(number, case_name=f"{crate}-0123abcd", trials=list(made), **more)


def test_only_one_half_is_learnt_from() -> None:
    records = [trials(0, LEARNT), trials(1, HELD)]
    assert [r["id"] for r in learnt_on(records)] == ["id0"]
    assert [r["id"] for r in held_out(records)] == ["id1"]


def test_a_trial_is_right_when_it_won_and_made_what_the_author_wants() -> None:
    records = [trials(n, LEARNT, trial("add _", True), trial("drop _", False)) for n in range(3)]
    records.append(trials(3, LEARNT, trial("add _", True), exact=False))
    found = {(c.proposer, c.of, c.kind): (c.right, c.tried) for c in count(records)}
    assert found["coercions", "borrow", "add _"] == (3, 4)
    assert found["coercions", "", "add _"] == (3, 4)
    assert found["coercions", "borrow", ""] == (3, 7)
    assert ("coercions", "borrow", "drop _") not in found  # seen three times only


def test_the_text_of_the_author_is_right_although_another_was_taken() -> None:
    first, second = trial("any _", True), {**trial("declare _", False), "original": True}
    found = {
        (c.of, c.kind): (c.right, c.tried)
        for c in count([trials(n, LEARNT, first, second, exact=False) for n in range(4)])
    }
    assert (found["", "any _"], found["", "declare _"]) == ((0, 4), (4, 4))


def test_the_file_reads_back() -> None:
    counts = [Count("tokens", "syntax", 'insert "_"', 3, 9), Count("tokens", "", "é _", 1, 4)]
    data = tomllib.loads(to_toml(counts, {"cases": 4, "sets": ["index"]}))
    assert data["strength"] == STRENGTH
    assert [(p["kind"], p["right"], p["tried"]) for p in data["prior"]] == [
        ('insert "_"', 3, 9), ("é _", 1, 4),
    ]  # fmt: skip
    assert data["about"] == {"cases": 4, "sets": ["index"]}


def offer(number: int, crate: str, prior: float, good: bool) -> dict[str, Any]:
    return record(
        number, case_name=f"{crate}-0123abcd", priors=[prior], exact=good, fixed=good, known=told_features(prior),
        verbatim=0.9,
    )  # fmt: skip


def test_a_fit_finds_that_likely_candidates_are_right() -> None:
    generator = random.Random(7)
    records = [
        offer(n, crate, prior, generator.random() < prior)
        for n, crate in enumerate((LEARNT, HELD) * 300)
        for prior in (generator.choice((0.15, 0.5, 0.9)),)
    ]
    found = fit("verbatim", learnt_on(records), held_out(records), exact)
    assert found is not None
    assert found.ece_before is not None
    assert found.ece_after is not None
    assert found.ece_after < 0.08 < found.ece_before
    low, high = (told("verbatim", found.weights, offer(0, LEARNT, p, True)) or 0.0 for p in (0.15, 0.9))
    assert low < 0.35 < 0.75 < high
    halved = {**offer(0, LEARNT, 0.9, True)}
    halved["product"]["known"] = told_features(0.9, factor=0.5)
    assert told("verbatim", found.weights, halved) == pytest.approx(high / 2)


def test_nothing_is_fitted_where_there_is_nothing_to_tell_apart() -> None:
    alike = [offer(n, LEARNT, 0.5, True) for n in range(30)]
    assert fit("verbatim", alike, [], exact) is None
    assert fit("verbatim", [offer(0, LEARNT, 0.5, True), offer(1, LEARNT, 0.5, False)], [], exact) is None


def test_records_that_do_not_say_what_was_known_are_passed_over() -> None:
    old = [record(n, case_name=f"{LEARNT}-0123abcd", exact=n % 2 == 0) for n in range(30)]
    assert known(old[0]) is None
    assert fits(old, old) == {}


def test_verbatim_is_fitted_where_the_text_is_known_alone() -> None:
    files = [{**offer(n, LEARNT, 0.5, n % 3 > 0), "strike": None, "name": "E0308", "code": "E0308"} for n in range(30)]
    assert set(fits(files, files)) == {"confidence"}
    crates = [offer(n, LEARNT, 0.5, n % 3 > 0) for n in range(30)]
    assert set(fits([*files, *crates], crates)) == set(HEADS)


def test_no_weight_says_that_a_likelier_patch_is_less_right() -> None:
    odd = [offer(n, LEARNT, 0.9 if n % 2 else 0.1, n % 2 == 0 or n % 6 == 1) for n in range(60)]
    found = fit("verbatim", odd, [], exact)
    assert found is not None
    assert found.weights[FEATURES.index("log_prior")] == 0
    low, high = (told("verbatim", found.weights, offer(0, LEARNT, p, True)) for p in (0.1, 0.9))
    assert low == high


def test_the_bias_alone_gives_the_share() -> None:
    weights = logistic([(1.0,)] * 10, [True] * 7 + [False] * 3)
    assert 1 / (1 + math.exp(-weights[0])) == pytest.approx(0.7, abs=1e-4)


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=2, max_size=30))
def test_any_data_gives_finite_weights(rows: list[tuple[float, bool]]) -> None:
    weights = logistic([(1.0, value) for value, _ in rows], [truth for _, truth in rows])
    assert all(math.isfinite(weight) for weight in weights)


def test_learning_writes_what_the_product_reads(tmp_path: Path) -> None:
    generator = random.Random(1)
    lines = [
        {**offer(n, crate, 0.5, generator.random() < 0.5), "id": f"{n}"} for n, crate in enumerate((LEARNT, HELD) * 20)
    ]
    for line in lines:
        line["product"]["trials"] = [trial("add _", True)]
    run = tmp_path / "run" / "records.jsonl"
    run.parent.mkdir()
    run.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"cut')
    told = learn([tmp_path], write=True, out=tmp_path / "data")
    assert "20 cases to learn from, 20 held out" in told
    table = tomllib.loads((tmp_path / "data" / "priors.toml").read_text())
    assert {
        "proposer": "coercions",
        "of": "borrow",
        "kind": "add _",
        "right": sum(line["product"]["exact"] for line in lines[::2]),
        "tried": 20,
    } in table["prior"]
    weights = json.loads((tmp_path / "data" / "calibration.json").read_text())
    assert weights["features"] == list(FEATURES)
    assert all(len(weights[head]["weights"]) == len(FEATURES) for head in HEADS)


def test_learning_from_nothing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="eval:slices"):
        learn([tmp_path], write=True, out=tmp_path)
