"""Arguments with a layer too many."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.layered_arguments import propose

RESTORED = {
    "an option in an option": """use std::collections::HashMap;
pub struct Config { values: HashMap<String, String> }
impl Config {
    pub fn get(&self, key: &str) -> Option<&String> {
        if key.is_empty() {
            return None;
        }
        «self.values.get(key)¦Some(self.values.get(key))»
    }
}
""",
    "a result in a result": """pub fn port(text: &str) -> Result<u16, std::num::ParseIntError> {
    «text.trim().parse::<u16>()¦Ok(text.trim().parse::<u16>())»
}
""",
    "a variant of what may fail": """pub enum Token { Number(f64), Word(String) }
pub fn number(text: &str) -> Result<f64, String> { text.parse().map_err(|_| text.to_string()) }
pub fn token(text: &str) -> Result<Token, String> {
    if text.starts_with(char::is_alphabetic) {
        return Ok(Token::Word(text.to_string()));
    }
    «number(text).map(Token::Number)¦Token::Number(number(text))»
}
""",
    "a struct of what may be missing": """pub struct Id(u32);
pub fn first(list: &[u32]) -> Option<Id> {
    «list.first().copied().map(Id)¦Id(list.first().copied())»
}
""",
}
SILENT = [
    'pub fn f() -> Option<u8> { Some("") }',
    "pub struct Id(pub u32);\npub fn f(x: u64) -> Id { Id(x) }",
    "pub fn f(x: &Option<u8>) -> Option<u8> { Some(x) }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
