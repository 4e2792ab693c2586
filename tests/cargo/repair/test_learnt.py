"""Experience: kinds of candidates, learnt priors, the confidence."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair import learnt
from rusta_cargo.repair.kinds import kind_of
from rusta_cargo.repair.learnt import NOTHING, Priors
from rusta_cargo.repair.shape import Shape
from rusta_cargo.repair.trust import FEATURES, HEADS, STUB_CONFIDENCE, Known, by_factors, by_weights, trust
from rusta_schemas.bundle import Risk

priors_of_steps = st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4)
knowns = st.builds(
    Known,
    priors=priors_of_steps,
    lines=st.integers(1, 200),
    tests=st.integers(0, 50),
    risk=st.sampled_from(Risk),
    rivals=st.integers(-1, 20),
    errors=st.integers(0, 30),
    flaky=st.booleans(),
)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("make `Foo::bar` public", "make _ public"),
        ("insert 'a' on line 12", "insert _ on line _"),
        ('replace "x" by `y`', "replace _ by _"),
        ("insert `mut`", "insert `mut`"),
        ("`<=` instead of `<`", "`<=` instead of `<`"),
        ("add `.clone()` to `total`", "add `.clone()` to _"),
        ("write `text.len() as u64`", "write `… as _`"),
        ("import `a::b as c`", "import _"),
        ("", ""),
    ],
)
def test_a_kind_names_nothing_of_the_program(title: str, kind: str) -> None:
    assert kind_of(title) == kind


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.001, 1.0))
def test_a_learnt_prior_lies_between_what_was_said_and_what_was_seen(good: int, bad: int, own: float) -> None:
    table = Priors(8.0, {("p", "type", "k"): (good, good + bad)})
    found = table.of("p", None, "type", "k", own)
    seen = max(learnt.LEAST, good / (good + bad)) if good + bad else own
    assert min(own, seen) - 1e-9 <= found <= max(own, seen) + 1e-9
    assert table.of("p", None, "move", "other", own) == own
    assert NOTHING.of("p", "E0308", "type", "k", own) == own


def test_the_most_specific_count_decides() -> None:
    table = Priors(
        8.0,
        {("p", "E0308", "k"): (8, 16), ("p", "type", "k"): (8, 8), ("p", "", "k"): (0, 8), ("p", "type", ""): (0, 8)},
    )
    assert table.of("p", "E0308", "type", "k", 0.5) == 0.5
    assert table.of("p", "E0277", "type", "k", 0.5) == 0.75
    assert table.of("p", "E0382", "move", "k", 0.5) == 0.25
    assert table.of("p", None, "type", "j", 0.5) == 0.25


def test_other_kinds_of_a_proposer_count_no_more_than_its_word() -> None:
    table = Priors(8.0, {("p", "type", ""): (0, 800), ("p", "type", "k"): (0, 800)})
    assert table.of("p", None, "type", "never seen", 0.8) == pytest.approx(0.4)
    assert table.of("p", None, "type", "k", 0.8) < 0.01


def test_what_was_learnt_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTA_PRIORS", "0")
    assert learnt.learnt() is NOTHING
    monkeypatch.delenv("RUSTA_PRIORS")
    assert learnt.learnt().strength > 0


@given(knowns)
def test_both_numbers_are_shares_and_the_stricter_is_not_larger(known: Known) -> None:
    found = trust(known)
    assert 0.0 <= found.confidence <= 1.0
    assert found.verbatim is None or 0.0 <= found.verbatim <= found.confidence
    assert tuple(known.features()) == FEATURES
    assert all(math.isfinite(number) for number in known.features().values())
    assert set(found.to_json()) == {"features", "factors"}


@given(priors_of_steps, st.integers(1, 200), st.integers(0, 50))
def test_the_plain_formula_falls_with_what_goes_wrong(priors: list[float], lines: int, tests: int) -> None:
    def value(priors: list[float], lines: int, tests: int, risk: Risk) -> float:
        return by_factors(Known(priors, lines, tests, risk, 0, 1))

    best = value(priors, lines, tests, Risk.LOW)
    assert value(priors, lines, tests, Risk.HIGH) <= best
    assert value(priors, lines + 9, tests, Risk.LOW) <= best
    assert value([*priors, 0.5], lines, tests, Risk.LOW) <= best


def test_a_stub_is_never_trusted() -> None:
    assert trust(Known([0.9], 1, 9, Risk.HIGH, 0, 1, stub=True)).confidence == STUB_CONFIDENCE


def test_what_no_test_ran_is_trusted_less() -> None:
    assert trust(Known([0.9], 1, 0, Risk.LOW, 0, 1)).confidence < trust(Known([0.9], 1, 3, Risk.LOW, 0, 1)).confidence


def test_the_larger_change_is_less_likely_verbatim() -> None:
    small, large = (trust(Known([0.9], 1, 3, Risk.LOW, 0, 1, Shape(tokens=n))).verbatim for n in (1, 12))
    assert small is not None
    assert large is not None
    assert large < small


@given(knowns)
def test_a_guess_has_half_of_the_confidence(known: Known) -> None:
    guessed, told = trust(replace(known, guess=True)), trust(known)
    assert guessed.confidence == pytest.approx(told.confidence / 2, abs=1e-3)


@given(st.lists(st.floats(-1e3, 1e3), min_size=len(FEATURES), max_size=len(FEATURES)), knowns)
def test_any_weights_give_a_share(weights: list[float], known: Known) -> None:
    assert 0.0 <= by_weights(weights, tuple(known.features().values())) <= 1.0


def test_the_shipped_calibration_is_for_this_model() -> None:
    place = resources.files("rusta_cargo") / "repair" / "data" / "calibration.json"
    if place.is_file():
        data = json.loads(place.read_text("utf-8"))
        assert tuple(data["features"]) == FEATURES
        assert all(len(data[head]["weights"]) == len(FEATURES) for head in HEADS)
