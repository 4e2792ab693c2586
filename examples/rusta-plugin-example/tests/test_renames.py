"""The table of renames and the places it applies to."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rusta_plugin_example.renames import RenamesError, read_renames, retired_names

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


@given(st.dictionaries(NAMES, NAMES, max_size=6))
def test_what_is_written_is_read(table: dict[str, str]) -> None:
    text = "[renames]\n" + "".join(f'{old} = "{new}"\n' for old, new in table.items())
    assert read_renames(text.encode()) == table


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "not TOML"),
        (b"[renames", "not TOML"),
        (b"x = 1", "no table"),
        (b"renames = 3", "no table"),
        (b'[renames]\na = "b; drop()"', "not an identifier"),
        (b'[renames]\n"a b" = "c"', "not an identifier"),
        (b"[renames]\na = 1", "not an identifier"),
        (b"#" * (256 * 1024 + 1), "is the most"),
    ],
)
def test_a_bad_table_says_what_is_wrong(content: bytes, message: str) -> None:
    with pytest.raises(RenamesError, match=message):
        read_renames(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_an_error(content: bytes) -> None:
    with contextlib.suppress(RenamesError):
        assert isinstance(read_renames(content), dict)


def test_names_are_found_inside_the_span_only() -> None:
    source = "é(old_one(), util::old_two, not_old_one, old_one)".encode()
    renames = {"old_one": "new_one", "old_two": "new_two"}
    found = list(retired_names(source, 3, len(source) - 10, renames))
    assert [(source[start:end].decode(), new) for start, end, new in found] == [
        ("old_one", "new_one"),
        ("old_two", "new_two"),
    ]


@given(st.text("é oldx_", max_size=30), st.integers(-2, 70), st.integers(-2, 70))
def test_any_span_is_safe(text: str, start: int, end: int) -> None:
    source = text.encode()
    for first, last, new in retired_names(source, start, end, {"old": "new"}):
        assert start <= first < last <= end
        assert source[first:last] == b"old"
        assert new == "new"
