"""Associated types that the functions of the impl do not keep to."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.declared_outputs import propose

RESTORED = {
    "an iterator of results": """pub struct Lines<'a> { rest: &'a str }
impl<'a> Iterator for Lines<'a> {
    type Item = «Result<&'a str, String>¦&'a str»;
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_once('\\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        let checked: Result<&'a str, String> = if line.is_ascii() { Ok(line) } else { Err(line.to_string()) };
        Some(checked)
    }
}
""",
    "a tuple that lost a member": """pub trait Tally { type Output; fn finish(self) -> Self::Output; }
pub struct Counts { good: u32, bad: u32, last: Option<char> }
impl Tally for Counts {
    type Output = «(u32, u32, Option<char>)¦(u32, Option<char>)»;
    fn finish(self) -> Self::Output { (self.good, self.bad, self.last) }
}
""",
    "the result of an operator": """use std::ops::Mul;
#[derive(Clone, Copy)]
pub struct Vector { x: f64, y: f64 }
impl Mul for Vector {
    type Output = «f64¦Vector»;
    fn mul(self, other: Vector) -> Self::Output { self.x * other.x + self.y * other.y }
}
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub struct A;\nimpl A { pub fn f(&self) -> u8 { 1u16 } }",
    "pub struct A;\nimpl std::ops::Not for A { type Output = u8; fn not(self) -> u8 { let x: char = 1u16; x as u8 } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
