"""Gates and obligations are pure, say why, and cannot be satisfied by the wrong evidence."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_conductor.budget import Budget
from rusta_conductor.contract import Contract, Obligation, Trace, TraceCall
from rusta_conductor.gates import (
    Anchored,
    Obligations,
    ProbesLeft,
    Proved,
    Situation,
    Small,
    tool_gate,
)
from rusta_conductor.machine import SIGNALS
from rusta_conductor.specs import ToolSpec
from rusta_schemas.effects import Effect


def situation(facts: dict[str, Any] | None = None, **changes: Any) -> Situation:
    parts: dict[str, Any] = {
        "state": "plan", "budget": Budget(), "contract": Contract(), "trace": Trace(),
    }  # fmt: skip
    return Situation(**{**parts, **changes}, facts=facts or {})


def call(verb: str = "look", ok: bool = True, key: str = "k") -> TraceCall:
    return TraceCall(verb, Effect.READ, ok, key)


@given(st.floats(0, 300), st.integers(1, 300))
def test_probes_left(spent: float, limit: int) -> None:
    budget = Budget.from_limits({"probes": limit})
    budget.spend("probes", spent)
    verdict = ProbesLeft()(situation(budget=budget))
    assert verdict.ok == (limit - spent >= 1)
    assert "probes" in verdict.why


@pytest.mark.parametrize(
    ("anchors", "asked", "ok"),
    [
        ((), True, False),
        (None, True, False),
        ("abc", True, False),
        ([1], True, True),
        ((), False, True),
    ],
)
def test_anchored(anchors: Any, asked: bool, ok: bool) -> None:
    facts = {} if anchors is None else {"anchors": anchors}
    assert Anchored()(situation(facts, contract=Contract(anchored=asked))).ok is ok


@given(st.integers(0, 100), st.integers(0, 12))
def test_small(lines: int, files: int) -> None:
    verdict = Small()(situation({"lines": lines, "files": files}))
    assert verdict.ok == (lines <= 40 and files <= 6)
    assert f"{lines} of 40 lines" in verdict.why


@pytest.mark.parametrize(
    "facts",
    [{}, {"lines": 1}, {"lines": -1, "files": 1}, {"lines": "1", "files": 1},
     {"lines": float("nan"), "files": 1}, {"lines": 1, "files": None}],
)  # fmt: skip
def test_a_proposal_that_does_not_say_its_size_is_refused(facts: dict[str, Any]) -> None:
    assert not Small()(situation(facts)).ok


events = st.lists(
    st.one_of(
        st.sampled_from(SIGNALS),
        st.builds(call, st.sampled_from(["look", "build"]), st.booleans(), st.sampled_from("abcd")),
    ),
    max_size=30,
)


@given(events, st.lists(st.sampled_from("abcd"), max_size=3), st.sampled_from([True, False, 1, None]))
def test_proved(trace: list[Any], keys: list[str], green: Any) -> None:
    """Only successful calls made since the proposal prove it; and someone must say that they do."""
    last = max((i for i, event in enumerate(trace) if event == "proposed"), default=-1)
    proof = {e.key for e in trace[last + 1 :] if isinstance(e, TraceCall) and e.ok}
    facts = {"proof_green": green, "proof_keys": tuple(keys)}
    verdict = Proved()(situation(facts, trace=Trace(trace)))
    assert verdict.ok == (green is True and bool(keys) and set(keys) <= proof)
    assert verdict.why


obligations = st.builds(
    Obligation,
    name=st.just("duty"),
    before=st.sampled_from(SIGNALS),
    verbs=st.sampled_from([(), ("look",), ("build",), ("look", "build")]),
    since=st.none() | st.sampled_from(SIGNALS),
    minimum=st.integers(0, 3),
)


@given(events, st.lists(obligations, max_size=3), st.sampled_from(SIGNALS))
def test_obligations(trace: list[Any], duties: list[Obligation], signal: str) -> None:
    """Against a second, plainer reading of the same rule."""
    expected = True
    for duty in duties:
        if duty.before != signal:
            continue
        count = 0
        for event in trace:
            if event == duty.since:
                count = 0
            elif isinstance(event, TraceCall) and event.ok and event.verb in (duty.verbs or (event.verb,)):
                count += 1
        expected = expected and count >= duty.minimum
    here = situation(contract=Contract(obligations=tuple(duties)), trace=Trace(trace))
    verdict = Obligations(signal)(here)
    assert verdict.ok == expected
    assert ("duty" in verdict.why) == (not expected)


@given(events)
def test_gates_change_nothing(trace: list[Any]) -> None:
    budget = Budget()
    here = situation({"lines": 1, "files": 1, "anchors": [1]}, budget=budget, trace=Trace(list(trace)))
    before = copy.deepcopy(here)
    for gate in (ProbesLeft(), Anchored(), Small(), Proved(), Obligations("ready")):
        assert gate(here) == gate(here)
    assert here == before


@pytest.mark.parametrize("effect", list(Effect))
@pytest.mark.parametrize("state", ["plan", "end"])
def test_a_tool_may_be_called(effect: Effect, state: str) -> None:
    allowed = frozenset({Effect.READ, Effect.SANDBOX})
    spec = ToolSpec("look", "Look", effect, "a:b", "a:b")
    verdict = tool_gate(spec, situation(state=state, contract=Contract(effects=allowed)))
    assert verdict.ok == (effect in allowed and state != "end")
    if effect not in allowed and state != "end":
        assert "read, sandbox" in verdict.why


def test_a_contract_is_json_that_does_not_depend_on_set_order() -> None:
    one = Contract(effects=frozenset([Effect.READ, Effect.WRITE, Effect.SANDBOX]))
    two = Contract(effects=frozenset([Effect.WRITE, Effect.SANDBOX, Effect.READ]))
    assert one.to_json() == two.to_json()
    assert one.to_json()["effects"] == ["read", "sandbox", "write"]
