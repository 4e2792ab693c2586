"""Lines for people and columns for the index, from any entry."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_devlog.summary import Summariser
from rusta_devlog.terminal import json_line, json_text, printable, table

KINDS = [
    "opened", "started", "done", "refused", "transition", "decision", "note", "parked", "resumed",
    "closed", "recovered",
]  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
names = st.sampled_from(
    ["action", "output", "key", "verb", "ms", "ok", "status", "summary", "blob", "text", "what", "why", "gate",
     "goal", "domain", "source", "target", "signal", "topic", "value", "reason", "outcome", "bytes"]
)  # fmt: skip
data = st.dictionaries(names, json_values | st.dictionaries(names, json_values, max_size=3))
entries = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(KINDS) | json_values,
        "ts": json_values,
        "data": data | json_values,
    },
)


@given(st.lists(entries, max_size=5))
def test_no_entry_is_too_strange(items):
    summariser = Summariser()
    for item in items:
        row = summariser.row(item)
        assert len(row.summary) <= 160
        assert "\n" not in row.summary
        assert row.ok in (True, False, None)
        assert row.ms is None or isinstance(row.ms, float)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("opened", {"domain": "repair", "goal": {"path": "x"}}, 'repair: {"path": "x"}'),
        ("started", {"action": {"verb": "v", "args": {"a": [1]}}}, '{"a": [1]}'),
        ("done", {"output": {"status": "ok", "summary": "2 errors"}}, "ok: 2 errors"),
        ("done", {"blob": "abcdef0123456789"}, "output in blob abcdef012345"),
        ("refused", {"what": "w", "why": "because", "gate": "g"}, "w: because (g)"),
        ("transition", {"source": "A", "signal": "s", "target": "B", "ok": True}, "A --s--> B"),
        ("transition", {"source": "A", "signal": "s", "target": "B", "ok": False}, "A --s--> B refused"),
        ("decision", {"topic": "t", "value": {"x": 1}}, 't: {"x": 1}'),
        ("note", {"text": "a\nb"}, "a b"),
        ("parked", {"reason": "budget"}, "budget"),
        ("resumed", {"replayed": 3}, "3 calls answered from the log"),
        ("closed", {"outcome": "repaired", "summary": "s"}, "repaired: s"),
        ("recovered", {"bytes": 3, "file": "f", "offset": 9, "kept_as": "k"}, "3 unfinished bytes at 9 of f kept as k"),
        ("unheard_of", {"b": 1, "a": "ä"}, '{"a": "ä", "b": 1}'),
        ("note", {"nothing": "expected"}, '{"nothing": "expected"}'),
        ("unheard_of", {}, ""),
    ],
)  # fmt: skip
def test_what_is_said(kind, data, expected):
    assert Summariser().row({"kind": kind, "data": data}).summary == expected


def test_the_end_of_a_call_is_named_after_its_beginning():
    summariser = Summariser()
    started = {"kind": "started", "data": {"key": "k", "action": {"verb": "cargo_check"}}}
    assert summariser.row(started).verb == "cargo_check"
    assert summariser.row({"kind": "done", "data": {"key": "k", "ms": 3}}).verb == "cargo_check"
    assert summariser.row({"kind": "done", "data": {"key": "other"}}).verb is None
    assert Summariser({"k": "v"}).row({"kind": "done", "data": {"key": "k"}}).verb == "v"


@pytest.mark.parametrize(
    ("kind", "data", "ok"),
    [
        ("refused", {}, False),
        ("done", {"output": {"status": "ok"}}, True),
        ("done", {"output": {"status": "timeout"}}, False),
        ("done", {}, None),
        ("transition", {"ok": False}, False),
        ("note", {"ok": "yes"}, None),
    ],
)
def test_how_it_went(kind, data, ok):
    assert Summariser().row({"kind": kind, "data": data}).ok is ok


@given(st.text())
def test_printable_text_steers_nothing(text):
    shown = printable(text)
    for character in shown:
        assert not ord(character) < 32
        assert not 0x7F <= ord(character) < 0xA0
        assert character not in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    if text.isascii() and text.isprintable():
        assert shown == text


@given(json_values)
def test_escaped_json_is_the_same_json(value):
    assert json.loads(json_text(value)) == value
    assert json.loads(json_line(value)) == value
    assert json_line(value).isascii()


def test_a_table_is_aligned():
    rows = [["1", "short", "x"], ["22", "a\tb", ""]]
    assert table(["n", "name", "rest"], rows, right=["n"]) == (" n  name      rest\n 1  short     x\n22  a\\u0009b")
    assert table(["a", "b"], []) == "a  b"
