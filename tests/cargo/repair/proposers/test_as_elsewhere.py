"""Values still in their wrapping, taken out as after the same call elsewhere."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.as_elsewhere import propose

RESTORED = {
    "the largest of none": """pub fn widest(words: &[&str]) -> usize { words.iter().map(|word| word.len()).max().unwrap_or(0) }
pub fn padded(words: &[&str]) -> usize { 2 + words.iter().map(|word| word.len()).max()«.unwrap_or(0)¦» }
""",
    "a lookup that must be there": """use std::collections::HashMap;
pub struct Stock { counts: HashMap<&'static str, u32> }
impl Stock {
    pub fn of(&self, name: &str) -> u32 { self.counts.get(name).copied().unwrap_or_default() }
    pub fn both(&self, one: &str, two: &str) -> (u32, u32) {
        let first: u32 = self.counts.get(one)«.copied().unwrap_or_default()¦»;
        (first, self.of(two))
    }
}
""",
    "an error of its own": """#[derive(Debug)]
pub enum Fault { End, Bad(char) }
pub struct Input<'a> { letters: std::str::Chars<'a> }
impl Input<'_> {
    pub fn letter(&mut self) -> Result<char, Fault> {
        let found = self.letters.next().ok_or(Fault::End)?;
        if found.is_alphabetic() { Ok(found) } else { Err(Fault::Bad(found)) }
    }
    pub fn pair(&mut self) -> Result<(char, char), Fault> {
        let first: char = self.letters.next()«.ok_or(Fault::End)?¦»;
        Ok((first, self.letter()?))
    }
}
""",
}
SILENT = [
    "pub fn f(x: &[u8]) -> u8 { let y: u8 = x.iter().max(); y }",
    "pub fn f(x: &[u8], d: u8) -> u8 { let a = x.first().copied().unwrap_or(d); let b: u8 = x.first(); a + b }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
