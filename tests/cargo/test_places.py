"""Positions: what the compiler counts in its normalised text, and bytes of the file on disk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.places import BOM, Places, Text

LINES = st.lists(
    st.text(alphabet="aü€🦀 \t\r{}", max_size=6).filter(lambda s: not s.endswith("\r")),
    min_size=1,
    max_size=6,
)


def laid(lines: list[str], bom: bool, crlf: bool) -> bytes:
    return (BOM if bom else b"") + ("\r\n" if crlf else "\n").join(lines).encode()


@given(LINES, st.booleans(), st.booleans(), st.data())
def test_offset_of_every_place(lines: list[str], bom: bool, crlf: bool, data: st.DataObject) -> None:
    """A line and column of the text without mark and with LF is the same character on disk."""
    number = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[number - 1]) + 1))
    raw = laid(lines, bom, crlf)
    before = laid([*lines[: number - 1], lines[number - 1][: column - 1]], bom, crlf)
    assert Text(raw).offset(number, column) == len(before)


@given(LINES, st.booleans(), st.booleans(), st.data())
def test_position_is_the_inverse(lines: list[str], bom: bool, crlf: bool, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[number - 1]) + 1))
    text = Text(laid(lines, bom, crlf))
    offset = text.offset(number, column)
    assert offset is not None
    assert text.position(offset) == (number, column)


@given(st.binary(max_size=60), st.integers(-2, 9), st.integers(-2, 9))
def test_offsets_lie_in_the_file(raw: bytes, line: int, column: int) -> None:
    offset = Text(raw).offset(line, column)
    assert offset is None or 0 <= offset <= len(raw)


def test_behind_the_line_ending() -> None:
    assert Text(b"ab\r\ncd").offset(1, 3) == 2
    assert Text(b"ab\r\ncd").offset(1, 4) == 4
    assert Text(b"ab").offset(1, 4) is None
    assert Text(b"").offset(1, 1) == 0


def test_offsets_of_a_compiler_that_forgot_the_carriage_returns() -> None:
    places = Places("/t", "/t", {"a.rs": b"// x\r\n\xef\xbb\xbf let y;\r\n"}.get)
    assert places.bytes_of("a.rs", (5, 8), (2, 3), (2, 6)) == (10, 13)


def test_unreadable_file_keeps_what_the_compiler_said() -> None:
    places = Places("/t", "/t", lambda _: None)
    assert places.bytes_of("a.rs", (5, 8), (2, 3), (2, 6)) == (5, 8)


def test_not_utf8_keeps_what_the_compiler_said() -> None:
    places = Places("/t", "/t", lambda _: b"\xff\xff")
    assert places.bytes_of("a.rs", (1, 1), (1, 2), (1, 2)) == (1, 1)


def test_names() -> None:
    places = Places("/t/w s", "/t/w s/member", lambda _: None)
    assert places.name("src/lib.rs") == ("member/src/lib.rs", True)
    assert places.name("../other/src/../a.rs") == ("other/a.rs", True)
    assert places.name("/t/w s/x.rs") == ("x.rs", True)
    assert places.name("/t/w/x.rs") == ("/t/w/x.rs", False)
    assert places.name("../../x.rs") == ("/t/x.rs", False)
    assert places.name("<anon>") == ("<anon>", False)
    assert places.with_alias("<anon>", "s.rs", b"x").name("<anon>") == ("s.rs", True)
