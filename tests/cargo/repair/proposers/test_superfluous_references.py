"""A ``&`` too many in the call that made a value."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.superfluous_references import propose

RESTORED = {
    "a wrapper, by way of a local": """use std::num::Wrapping;
fn add(a: Wrapping<u8>, b: Wrapping<u8>) -> Wrapping<u8> { a + b }
pub fn sum(row: &[u8]) -> u8 {
    let left = Wrapping(row[0]);
    let right = Wrapping(«¦&»row[1]);
    add(left, right).0
}
""",
    "one of two that must agree": """pub struct Set { size: usize }
pub fn widest(a: &Set, b: &Set) -> Set {
    let size = std::cmp::max(«¦&»a.size, b.size);
    Set { size }
}
""",
    "an iterator that is compared": """pub fn same(a: Vec<u8>, b: Vec<u8>) -> bool {
    a.into_iter().eq(«¦&»b.into_iter())
}
""",
    "a value that is made for the call and lent for ever": """use std::error::Error;
use std::fmt;
#[derive(Debug)]
pub struct Failed(u8);
impl fmt::Display for Failed { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) } }
impl Error for Failed {}
pub fn f(n: u8) -> std::io::Error { std::io::Error::new(std::io::ErrorKind::Other, «¦&»Failed(n)) }
""",
}
SILENT = [
    "fn g(_: &u8) {}\npub fn f() { g(1); }",
    "fn g(_: u8) {}\npub fn f() { g(&1); }",
    "pub fn f<T>(a: &T) -> bool { std::cmp::max(a, a) == a }",
    'pub fn f() -> Vec<u8> { vec![""] }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_references_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
