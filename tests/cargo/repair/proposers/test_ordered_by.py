"""PartialOrd of types whose Ord is written by hand."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.ordered_by import propose

RESTORED = {
    "a plain type": """use std::cmp::Ordering;
#[derive(PartialEq, Eq)]
pub struct Task { pub cost: u32, pub name: String }
impl Ord for Task {
    fn cmp(&self, other: &Self) -> Ordering {
        other.cost.cmp(&self.cost)
    }
}
«
impl PartialOrd for Task {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
¦»""",
    "a generic one": """#[derive(PartialEq, Eq)]
pub struct Low<T>(pub T);
impl<T: Ord> Ord for Low<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.cmp(&self.0)
    }
}
«
impl<T: Ord> PartialOrd for Low<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
¦»""",
}
SILENT = {
    "no order at all": """#[derive(PartialEq)]
pub struct P(pub u8);
pub fn f(a: P, b: P) -> bool { a < b }
""",
    "a derived one": """#[derive(PartialEq, Eq, Ord)]
pub struct P(pub u8);
""",
    "two types": """use std::cmp::Ordering;
#[derive(PartialEq, Eq, PartialOrd)]
pub struct P(pub u8);
impl Ord for P { fn cmp(&self, o: &Self) -> Ordering { self.0.cmp(&o.0) } }
pub fn f(a: P) -> bool { a < 3 }
""",
}


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_what_the_author_wrote(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("name", SILENT)
def test_it_has_nothing_to_say(name: str) -> None:
    assert_silent(propose, SILENT[name])


def test_it_keeps_to_what_every_proposer_keeps() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT.values()])
