"""Functions that lost their return type."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.return_types import propose

RESTORED = {
    "two returns say one half each": """fn parse(text: &str)« -> Result<(), ()>¦» {
    if text.is_empty() {
        return Err(());
    }
    return Ok(());
}
pub fn run(text: &str) -> bool { if let Err(()) = parse(text) { false } else { true } }
""",
    "the number that the caller takes": """fn width(c: char)« -> usize¦» {
    if c < 'x' { 1 } else { 2 }
}
pub fn total(a: char) -> Option<usize> { Some(width(a)) }
""",
    "a generic parameter that nothing else uses": """fn gather<T: FromIterator<char>>(text: &str)« -> T¦» {
    text.chars().rev().collect()
}
pub fn reversed(text: &str) -> String { gather(text) }
""",
    "a value and the caller of it": """pub struct Grid { cells: Vec<u8> }
impl Grid {
    fn at(&self, n: usize)« -> u8¦» { self.cells[n] }
    pub fn both(&self) -> u8 { self.at(0) + self.at(1) }
}
""",
    "in the words of the file": """use std::fmt::{self, Write};
fn pad(out: &mut String)« -> fmt::Result¦» {
    out.write_str("a")?;
    out.write_str("b")
}
pub fn run(out: &mut String) -> fmt::Result { pad(out) }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "fn g() {}\npub fn f() -> u8 { missing }",
    'pub fn f(n: u8) { let x: u8 = ""; }',
    "fn main() { 1 }",
    "#[test]\nfn f() { 1u8 }\npub fn g() { let x: u8 = (); }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
