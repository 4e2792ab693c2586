"""The wire form: what is printed is read back, and nothing else is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rusta_schemas.action import Action
from rusta_schemas.errors import WireError
from rusta_schemas.wire import MAX_BYTES, parse_action, print_action

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
verbs = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True)
actions = st.builds(Action, verb=verbs, args=st.dictionaries(text, values, max_size=4))
GOOD = '::act v=1 verb=read_span {"end":9,"path":"src/lib.rs"}'


@given(actions)
@example(Action(verb="a", args={"line": "\u2028\u0085\x0b\x1c\x7f"}))
def test_reading_undoes_printing(action: Action) -> None:
    line = print_action(action)
    assert parse_action(line) == action
    assert parse_action(line + "\n") == action
    assert parse_action(line + "\r\n") == action
    assert print_action(parse_action(line)) == line
    assert "\n" not in line
    assert "\r" not in line


@given(actions, st.integers(0, 4))
def test_the_json_may_be_spaced_and_ordered_freely(action: Action, indent: int) -> None:
    body = json.dumps(dict(reversed(action.args.items())), separators=(" , ", " : "))
    assert parse_action(f"::act v=1 verb={action.verb} {body}") == action


HEAD = GOOD.index("{")


@pytest.mark.parametrize("position", range(HEAD))
@pytest.mark.parametrize("insert", [" ", "x", "", "\t", "\n", "\u00a0", "\0"])
def test_every_change_of_the_head_is_refused_or_another_action(position: int, insert: str) -> None:
    """A character replaced or dropped: an error, or a different verb; never the same action by another spelling."""
    line = GOOD[:position] + insert + GOOD[position + 1 :]
    if line == GOOD:
        return
    in_verb = GOOD.index("verb=") + len("verb=") <= position < HEAD - 1
    try:
        action = parse_action(line)
    except WireError:
        return
    assert in_verb
    assert insert in ("x", "")
    assert action.verb != "read_span"


@given(st.integers(0, len(GOOD) - 1), st.integers(0, len(GOOD)))
def test_every_cut_is_refused(start: int, end: int) -> None:
    part = GOOD[start:end]
    if part != GOOD:
        with pytest.raises(WireError):
            parse_action(part)


@given(st.text())
def test_any_text_is_an_action_or_an_error(line: str) -> None:
    try:
        action = parse_action(line)
    except WireError:
        return
    assert parse_action(print_action(action)) == action


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("::act v=2 verb=a {}", "version 2"), ("::act v=0 verb=a {}", "version 0"),
        ("::act v=01 verb=a {}", "version 01"), ("::act v=१ verb=a {}", "expected"),
        ("::act v=1 verb=A {}", "expected"), (f"::act v=1 verb={'a' * 65} {{}}", "expected"),
        ("::act v=1 verb=a []", "expected"), ("::act v=1 verb=a", "expected"), ("", "expected"),
        ("::act v=1  verb=a {}", "expected"), (" ::act v=1 verb=a {}", "expected"),
        ("::act v=1 verb=a {} ", "expected"), ("::act v=1 verb=a {}{}", "JSON"),
        ("::act v=1 verb=a {} {}", "JSON"), ('::act v=1 verb=a {"a":1,"a":1}', "twice"),
        ('::act v=1 verb=a {"a":{"b":1,"b":2}}', "'b' stands twice"),
        ('::act v=1 verb=a {"a":1,"\\u0061":2}', "twice"), ('::act v=1 verb=a {"a":NaN}', "NaN"),
        ('::act v=1 verb=a {"a":-Infinity}', "-Infinity"), ('::act v=1 verb=a {"a":1e999}', "JSON"),
        ('::act v=1 verb=a {"a":"\\ud800"}', "surrogates"), ("::act v=1 verb=a {'a':1}", "JSON"),
        ('::act v=1 verb=a {"a":1,}', "JSON"), ('::act v=1 verb=a {"a":01}', "JSON"),
        ('::act v=1 verb=a {"a":"\t"}', "JSON"), ('::act v=1 verb=a {"a":1}\n\n', "one line"),
        ('::act v=1 verb=a {\n}', "one line"), ('::act v=1 verb=a {\r}', "one line"),
        ('::act v=1 verb=a {"a":"\ud800"}', "not valid Unicode"),
        ('::act v=1 verb=a {"a":' + "9" * 5000 + "}", "JSON"),
        ('::act v=1 verb=a {"a":' + "[" * 30_000 + "]" * 30_000 + "}", "deep"),
        ('::act v=1 verb=a {"a":' + "[" * 300 + "]" * 300 + "}", "deep"),
        ('::act v=1 verb=a {"a":' + '{"b":' * 400 + "1" + "}" * 401, "deep"),
        ('::act v=1 verb=a {"a":"' + "x" * MAX_BYTES + '"}', "at most 65536"),
    ],
    ids=lambda value: str(value).encode("unicode_escape").decode()[:40],
)  # fmt: skip
def test_bad_lines_are_refused_with_the_reason(line: str, words: str) -> None:
    with pytest.raises(WireError) as error:
        parse_action(line)
    assert words in str(error.value)
    assert len(str(error.value)) < 400


def test_the_size_is_counted_in_bytes() -> None:
    frame = len(print_action(Action(verb="a", args={"a": ""})))
    fits = Action(verb="a", args={"a": "x" * (MAX_BYTES - frame)})
    assert len(print_action(fits)) == MAX_BYTES
    assert parse_action(print_action(fits) + "\n") == fits
    for body in ("x" * (MAX_BYTES - frame + 1), "ü" * (MAX_BYTES // 2)):
        with pytest.raises(WireError, match="blob"):
            print_action(Action(verb="a", args={"a": body}))
        with pytest.raises(WireError, match="at most"):
            parse_action(f'::act v=1 verb=a {{"a":"{body}"}}')


@pytest.mark.parametrize("value", [float("nan"), "\ud800"])
def test_what_cannot_be_written_is_refused(value: Any) -> None:
    with pytest.raises(WireError, match="cannot be written"):
        print_action(Action(verb="a", args={"a": value}))
