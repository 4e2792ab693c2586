"""Log entries: known kinds say what is wrong with them, unknown ones pass."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rusta_schemas.base import to_json
from rusta_schemas.devlog import EVENT_TYPES, DevLogEntry, Parked, UnknownEvent, read_event
from rusta_schemas.errors import SchemaError

TS = "2026-01-01T00:00:00.000000Z"


def entry(kind: str, data: dict[str, Any]) -> DevLogEntry:
    return DevLogEntry(ts=TS, episode="ep-1", kind=kind, data=data)


@given(
    st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True),
    st.dictionaries(st.text(), st.integers()),
)
def test_an_unknown_kind_degrades_and_loses_nothing(kind: str, data: dict[str, Any]) -> None:
    if kind in EVENT_TYPES:
        return
    event = read_event(entry(kind, data))
    assert isinstance(event, UnknownEvent)
    assert (event.name, event.data) == (kind, data)


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("opened", {"domain": "d", "goal": {}, "seed": "x", "budget": {}, "contract": {}}, "seed"),
        ("opened", {"domain": "d"}, "goal"),
        ("started", {"ordinal": -1, "key": "0" * 64, "action": {"verb": "a"}, "effect": "read"}, "ordinal"),
        ("started", {"ordinal": 0, "key": "0" * 64, "action": {"verb": "A"}, "effect": "read"}, "action.verb"),
        ("started", {"ordinal": 0, "key": "0" * 64, "action": {"verb": "a"}, "effect": "magic"}, "effect"),
        ("done", {"key": "0", "sha256": "0" * 64, "ms": 1}, "key"),
        ("done", {"key": "0" * 64, "sha256": "0" * 64, "ms": True}, "ms"),
        ("transition", {"signal": "s", "source": "a", "target": "b", "ok": "yes"}, "ok"),
        ("transition", {"signal": "s", "source": "a", "target": "b", "ok": True,
                        "verdicts": [{"gate": "g", "ok": True}]}, "verdicts.0.why"),
        ("decision", {"topic": "t", "value": 5}, "value"),
        ("parked", {"reason": None}, "reason"),
    ],
)  # fmt: skip
def test_a_known_kind_with_wrong_data_says_which_field(kind: str, data: dict[str, Any], field: str) -> None:
    with pytest.raises(SchemaError) as error:
        read_event(entry(kind, data))
    assert repr(kind) in str(error.value)
    assert f": {field}:" in str(error.value)


def test_a_field_of_a_later_version_is_passed_over() -> None:
    event = read_event(entry("parked", {"reason": "r", "resource": "wall", "mood": "calm"}))
    assert event == Parked(reason="r", resource="wall")


def test_the_kinds() -> None:
    """Changing one of these words makes old logs unreadable."""
    assert set(EVENT_TYPES) == {
        "opened", "started", "done", "refused", "transition", "decision", "note", "parked", "resumed", "closed",
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [{"kind": "Bad"}, {"kind": "a" * 33}, {"kind": "note\n"}, {"episode": "-ep"}, {"episode": "ep\n"},
     {"ts": "2026-01-01"}, {"ts": TS + "\n"}, {"ts": TS.replace("Z", "+00:00")}, {"v": 2}, {"v": True},
     {"more": 1}, {"data": []}],
    ids=str,
)  # fmt: skip
def test_the_envelope_is_closed(changes: dict[str, Any]) -> None:
    good = to_json(entry("note", {"text": "t"}))
    assert DevLogEntry.model_validate(good)
    with pytest.raises(ValidationError):
        DevLogEntry.model_validate({**good, **changes})
