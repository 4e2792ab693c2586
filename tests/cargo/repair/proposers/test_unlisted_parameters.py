"""Declarations of types that lost a parameter which their uses still give."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.unlisted_parameters import propose

RESTORED = {
    "spoken of in the declaration": """pub struct Name«<'n>¦» { text: &'n str }
impl<'n> Name<'n> { pub fn text(&self) -> &'n str { self.text } }
""",
    "of an alias": """type Check«<'c>¦» = Box<dyn Fn(&str) -> bool + 'c>;
pub struct Rule<'c> { check: Check<'c> }
pub fn rule<'c>(least: &'c usize) -> Rule<'c> { Rule { check: Box::new(move |text| text.len() > *least) } }
pub fn holds(rule: &Rule<'_>, text: &str) -> bool { (rule.check)(text) }
""",
    "nowhere, a trait object in a box": """type Visit«<'v>¦» = Box<dyn FnMut(u32)« + 'v¦»>;
pub struct Walk<'v> { visit: Visit<'v> }
impl<'v> Walk<'v> { pub fn step(&mut self, at: u32) { (self.visit)(at) } }
pub fn count(total: &mut u32) -> Walk<'_> { Walk { visit: Box::new(|at| *total += at) } }
""",
    "nowhere, a reference": """pub type Pair«<'p>¦» = (&«'p ¦»str, u32);
pub fn first<'p>(all: &[Pair<'p>]) -> Option<Pair<'p>> { all.first().copied() }
pub fn last<'p>(all: &[Pair<'p>]) -> Option<Pair<'p>> { all.last().copied() }
""",
    "a constant": """pub struct Stack<T«, const N: usize¦»> { items: Vec<T> }
impl<T, const N: usize> Stack<T, N> {
    pub fn full(&self) -> bool { self.items.len() == N }
}
pub fn small() -> Stack<u8, 4> { Stack { items: Vec::new() } }
""",
}
SILENT = [
    "pub struct Point { x: i32 } pub fn f(p: Point<'static>) -> i32 { p.x }",
    "pub struct Point { x: i32 } pub fn f(p: &Point<u8>) -> i32 { p.x }",
    "pub struct One<T> { x: T } pub fn f(p: One<u8, u16>) -> u8 { p.x }",
    "pub fn f(p: Vec<u8, u8, u8>) -> usize { p.len() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_the_uses_made_up_is_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
