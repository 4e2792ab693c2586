"""Markers that a merge left."""

from __future__ import annotations

import pytest
from conformance import applied, assert_silent, candidates, check_proposer, compile_files, files_of
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.code.merges import conflicts, markers
from rusta_cargo.repair.proposers.merge_conflicts import propose

BOTH = """pub fn area(w: u32, h: u32) -> u32 {
<<<<<<< HEAD
    w * h
=======
    h.wrapping_mul(w)
>>>>>>> feature/wrap
}
"""
ONLY_SECOND = """<<<<<<< HEAD
use std::colections::HashMap;
||||||| 1f2e3d4
use std::collections::BTreeMap;
=======
use std::collections::HashMap;
>>>>>>> other
pub fn empty() -> HashMap<u8, u8> { HashMap::new() }
"""
BOTH_SIDES = """pub enum Shape {
    Dot,
<<<<<<< HEAD
    Line,
=======
    Disc,
>>>>>>> shapes
}
pub fn all() -> [Shape; 3] { [Shape::Dot, Shape::Line, Shape::Disc] }
"""
MIXED = """<<<<<<< HEAD
pub const A: u8 = 1;
=======
pub const B: u8 = 1;
>>>>>>> x
<<<<<<< HEAD
pub const C: u8 = 1;
=======
pub const D: u8 = 1;
>>>>>>> x
pub fn sum() -> u8 { A + D }
"""
STRAY = "pub struct P;\nimpl P {\n>>>>>>> 3fa9c1d (points)\n    pub fn new() -> P { P }\n}\n"
CASES = {
    "either side": (BOTH, "pub fn area(w: u32, h: u32) -> u32 {\n    w * h\n}\n"),
    "the second, with a base": (
        ONLY_SECOND,
        "use std::collections::HashMap;\npub fn empty() -> HashMap<u8, u8> { HashMap::new() }\n",
    ),
    "both sides": (
        BOTH_SIDES,
        "pub enum Shape {\n    Dot,\n    Line,\n    Disc,\n}\n"
        "pub fn all() -> [Shape; 3] { [Shape::Dot, Shape::Line, Shape::Disc] }\n",
    ),
    "each its own": (MIXED, "pub const A: u8 = 1;\npub const D: u8 = 1;\npub fn sum() -> u8 { A + D }\n"),
    "a marker without the others": (STRAY, "pub struct P;\nimpl P {\n    pub fn new() -> P { P }\n}\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_merge_is_settled(name: str) -> None:
    broken, whole = CASES[name]
    texts = [applied(item, broken)["lib.rs"] for item in candidates(propose, broken)]
    assert whole in texts
    fitting = [text for text in texts if compile_files(files_of(text))[0]]
    assert whole in fitting
    if name != "each its own":
        assert fitting[0] == whole


@pytest.mark.parametrize(
    "source",
    [
        "pub fn f( {}\n",
        "/*\nTitle\n=======\n*/\npub fn f( {}\n",
        'pub const T: &str = "\n=======\n";\npub fn f() -> u8 { "" }\n',
    ],
)
def test_it_is_silent_where_nothing_was_merged(source: str) -> None:
    assert_silent(propose, source)


def test_the_rules_of_proposers_are_kept() -> None:
    check_proposer(propose, [broken for broken, _ in CASES.values()])


@given(st.lists(st.sampled_from(["<<<<<<< a", "||||||| b", "=======", ">>>>>>> c", "text"]), max_size=12))
def test_conflicts_lie_in_order_and_hold_their_sides(lines: list[str]) -> None:
    source = "".join(f"{line}\n" for line in lines).encode()
    last = 0
    for one in conflicts(markers(source)):
        assert last <= one.start < one.ours[0] <= one.ours[1] < one.theirs[0] <= one.theirs[1] < one.end <= len(source)
        assert source[one.start :].startswith(b"<<<<<<<")
        last = one.end
