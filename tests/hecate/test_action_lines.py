"""Constrained decoding: every line that can be drawn is an action that the parser reads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_int8_reading import pair

from rusta_hecate import Choice, ConfigError
from rusta_hecate.inference.acting import ActionLines, action_line
from rusta_schemas.wire import parse_action

VERBS = ["cargo_check", "cargo_test", "docs_search"]


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(0, 120))
def test_any_allowed_way_through_the_constraint_is_an_action(data: st.DataObject, soft: int) -> None:
    constraint, made = ActionLines(VERBS, soft), b""
    while (allowed := constraint(made)) is not None:
        assert allowed
        made += bytes([data.draw(st.sampled_from(sorted(allowed)))])
        assert len(made) < 2000
    action = parse_action(made.decode("ascii"))
    assert action.verb in VERBS


def test_a_network_that_knows_nothing_of_actions_still_writes_one() -> None:
    _, network = pair()
    line = action_line(network, b"error[E0425]\n", VERBS, Choice(temperature=1.5, top_p=1.0, seed=2), soft=60)
    assert parse_action(line).verb in VERBS


def test_no_verb_is_refused() -> None:
    with pytest.raises(ConfigError, match="verb"):
        ActionLines([])
