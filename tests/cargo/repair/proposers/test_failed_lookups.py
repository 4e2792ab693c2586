"""Lookups that give an Option where a Result is wanted."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.failed_lookups import propose

RESTORED = {
    "an error that nothing makes yet": """use std::collections::HashMap;
#[derive(Debug)]
pub enum StoreError { Unknown(String), Full }
pub struct Store { items: HashMap<String, u32> }
impl Store {
    pub fn add(&mut self, name: &str) -> Result<(), StoreError> {
        if self.items.len() > 9 {
            return Err(StoreError::Full);
        }
        self.items.insert(name.to_string(), 1);
        Ok(())
    }
    pub fn count(&self, name: &str) -> Result<u32, StoreError> {
        let held = self.items.get(name)«.ok_or_else(|| StoreError::Unknown(name.to_string()))¦»?;
        Ok(*held)
    }
}
""",
    "at the end": """pub enum Error { Empty, Negative(i32) }
pub fn last(list: &[i32]) -> Result<&i32, Error> {
    if let Some(low) = list.iter().find(|n| **n < 0) {
        return Err(Error::Negative(*low));
    }
    list.last()«.ok_or(Error::Empty)¦»
}
""",
    "a local that is used as what it holds": """pub enum Fault { NoSuchPlace(usize) }
pub struct Board { cells: Vec<u8> }
impl Board {
    fn cell(&self, place: usize) -> Option<u8> { self.cells.get(place).copied() }
    pub fn is_higher(&self, place: usize, than: u8) -> Result<bool, Fault> {
        let cell = self.cell(place)«.ok_or_else(|| Fault::NoSuchPlace(place))?¦»;
        Ok(than < cell)
    }
}
""",
    "another error": """pub enum ParseError { End, BadNumber(String) }
pub fn number(text: &str) -> Result<f64, ParseError> {
    if text.is_empty() {
        return Err(ParseError::End);
    }
    text.parse()«.map_err(|_| ParseError::BadNumber(text.to_string()))¦»
}
""",
}
SILENT = [
    "pub fn f(x: &[u8]) -> Result<u8, String> { let y = x.first()?; Ok(*y) }",
    "pub fn f(x: &[u8]) -> u8 { x.first() }",
    "pub struct E;\npub fn f(x: &[u8]) -> Result<&u8, E> { x.first() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
