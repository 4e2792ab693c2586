"""Budgets: checked before they are spent, refused by name, warned of in time."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_conductor.budget import RESOURCES, Budget, parse_budget
from rusta_conductor.errors import BudgetExhausted, UsageError

names = st.sampled_from(sorted(RESOURCES))
amounts = st.floats(0, 1e6, allow_nan=False)


@given(names, st.floats(0.001, 1e6), st.lists(amounts, max_size=8), amounts)
def test_demand_refuses_exactly_what_is_not_left(name: str, limit: float, spent: list[float], wanted: float) -> None:
    budget = Budget.from_limits({name: limit})
    for amount in spent:
        budget.spend(name, amount)
    if wanted <= budget.left(name):
        budget.demand(name, wanted)
        return
    before = dict(budget.spent)
    with pytest.raises(BudgetExhausted) as error:
        budget.demand(name, wanted)
    assert error.value.resource == name
    assert error.value.limit == limit
    assert f"--budget {name}=" in str(error.value)
    assert budget.spent == before, "asking costs nothing"


@given(st.dictionaries(names, st.floats(0.5, 1e6)))
def test_limits_are_kept_and_the_rest_are_defaults(limits: dict[str, float]) -> None:
    budget = Budget.from_limits(limits)
    for name, (default, _, _) in RESOURCES.items():
        assert budget.limits[name] == limits.get(name, default)
    assert Budget().limits == Budget.from_limits({}).limits


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, -math.inf, "5", None])
def test_a_limit_is_a_positive_number(value: Any) -> None:
    with pytest.raises(UsageError, match="steps"):
        Budget.from_limits({"steps": value})


def test_an_unknown_budget_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as error:
        Budget.from_limits({"money": 5})
    assert all(name in str(error.value) for name in RESOURCES)


@given(st.dictionaries(names, st.integers(1, 10**6), min_size=1), st.booleans())
def test_parsing(limits: dict[str, int], together: bool) -> None:
    parts = [f" {name} = {value} " for name, value in limits.items()]
    texts = (",".join(parts),) if together else tuple(parts)
    assert parse_budget(texts) == limits


@pytest.mark.parametrize("text", ["", "steps", "steps=", "=5", "steps=x", "steps=1,,probes=2", "steps=nan",
                                  "steps=-1", "money=1", "steps=1=2", "steps 5"])  # fmt: skip
def test_bad_texts_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_budget((text,))


def test_warnings_come_at_four_fifths() -> None:
    budget = Budget.from_limits({"steps": 10})
    budget.spend("steps", 7)
    assert budget.warnings() == []
    budget.spend("steps", 1)
    assert budget.warnings() == ["steps"]
