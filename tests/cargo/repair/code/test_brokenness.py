"""How broken a text would be after a change: the quick answer is that of a fresh parse."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_cargo.repair.code.brokenness import Brokenness

SOURCE = """use std::fmt;

/// A pair — of two.
pub struct Pair<'a> { left: &'a str, right: Vec<u8> }

impl fmt::Display for Pair<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.right.is_empty() { return write!(f, "{}", self.left); }
        match self.right[0] { 0 => write!(f, "none"), n => write!(f, "{n}") }
    }
}
"""
PIECES = ("", ";", "{", "}", "(", ")", "[", '"', "fn", ", ", " = 1;\n", "'a", "/* */")


def test_whole_text_is_not_broken() -> None:
    text = Brokenness(SOURCE.encode(), brackets=True)
    assert text.now == 0
    assert text.after(0, 0, "") == 0


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SOURCE)), st.integers(0, 6), st.sampled_from(PIECES))
def test_whether_a_change_breaks_is_what_a_fresh_parse_says(start: int, length: int, piece: str) -> None:
    before, cut = SOURCE[:start].encode(), SOURCE[start : start + length].encode()
    text = Brokenness(SOURCE.encode(), brackets=True)
    after = text.after(len(before), len(before) + len(cut), piece)
    fresh = Brokenness(before + piece.encode() + SOURCE[start + length :].encode(), brackets=True).now
    assert (after == 0) == (fresh == 0)
    assert text.now == 0


def test_taking_a_change_back_leaves_nothing_broken() -> None:
    broken = SOURCE.replace("fmt::Result {", "fmt::Result", 1)
    text = Brokenness(broken.encode(), brackets=True)
    assert text.now > 0
    place = len(SOURCE.partition("fmt::Result {")[0].encode()) + len("fmt::Result")
    assert text.after(place, place, " {") == 0
