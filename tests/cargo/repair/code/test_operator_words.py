"""Operators and the names that people give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.code.operator_words import _SYMBOLS, spoken_as, symbol_of

NAMES = sorted(word for words in _SYMBOLS.values() for word in words)


@pytest.mark.parametrize(("name", "symbol"), [("Sub", "-"), ("NotEq", "!="), ("less_than", "<"), ("Name", None)])
def test_names_mean_symbols(name: str, symbol: str | None) -> None:
    assert symbol_of(name) == symbol


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_there_and_back(old: str, new: str) -> None:
    body = f"Ok(left {symbol_of(old)} right)"
    made = spoken_as(body, old, new)
    if symbol_of(old) == symbol_of(new):
        assert made is None
    else:
        assert made is not None
        assert spoken_as(made, new, old) == body


@pytest.mark.parametrize("body", ["Ok(a)", "a + b + c", "text.push('+')", "a * b"])
def test_what_is_not_clear_is_left_alone(body: str) -> None:
    assert spoken_as(body, "Add", "Sub") is None
