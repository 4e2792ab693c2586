"""Two ends given apart where a range is asked for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.merged_ranges import propose

DICE = """use std::ops::Range;

pub trait SampleRange {
    fn low(&self) -> u32;
}

impl SampleRange for Range<u32> {
    fn low(&self) -> u32 {
        self.start
    }
}

pub struct Dice;

impl Dice {
    pub fn roll<R: SampleRange>(&self, range: R) -> u32 {
        range.low()
    }

    pub fn named(&self, name: &str, range: Range<u32>) -> usize {
        name.len() + range.len()
    }
}

pub fn throw(range: Range<u32>) -> u32 {
    range.end
}

"""
CASES = [
    DICE + "pub fn f(sides: u32) -> u32 {\n    Dice.roll(1«..¦, »sides + 1)\n}\n",
    DICE + "pub fn f(sides: u32) -> u32 {\n    throw(1«..¦, »sides)\n}\n",
    DICE + 'pub fn f(sides: u32) -> usize {\n    Dice.named("six", 1«..¦, »sides)\n}\n',
]
SILENT = [
    "pub fn f(a: u32) -> u32 {\n    a\n}\n\npub fn g() -> u32 {\n    f(1, 2)\n}\n",
    DICE + "pub fn f() -> u32 {\n    throw(1, 2, 3)\n}\n",
    DICE + "pub fn f() -> u32 {\n    throw()\n}\n",
]


@pytest.mark.parametrize("marked", CASES)
def test_the_ends_become_a_range(marked: str) -> None:
    assert_restored(propose, marked)


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_what_it_offers_is_sound() -> None:
    check_proposer(propose, [pair(marked)[0] for marked in CASES] + SILENT)
