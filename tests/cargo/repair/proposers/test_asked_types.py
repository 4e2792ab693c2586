"""Calls that ask for the wrong type by name."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.asked_types import propose

RESTORED = {
    "a sum": "pub fn total(v: &[u64]) -> u64 {\n    v.iter().sum::<«u64¦i32»>()\n}\n",
    "another collection": """use std::collections::HashSet;
pub fn distinct(v: &[u32]) -> HashSet<u32> {
    v.iter().copied().collect::<«HashSet<_>¦Vec<_>»>()
}
""",
    "its elements": """pub fn words(text: &str) -> Vec<String> {
    text.split(' ').map(Into::into).collect::<Vec<«String¦Box<str>»>>()
}
""",
    "behind a question mark": """use std::num::ParseIntError;
pub fn port(text: &str) -> Result<u16, ParseIntError> {
    let port = text.trim().parse::<«u16¦u32»>()?;
    Ok(port)
}
""",
    "within a result": """use std::num::ParseIntError;
pub fn port(text: &str) -> Result<u16, ParseIntError> {
    text.trim().parse::<«u16¦u32»>()
}
""",
    "further along the chain": "pub fn port(text: &str) -> Option<u16> {\n    text.trim().parse::<«u16¦u32»>().ok()\n}\n",
    "before a function": "pub fn none() -> Vec<String> {\n    Vec::<«String¦u8»>::new()\n}\n",
    "an argument": """fn send(port: u16) -> u16 { port }
pub fn run(text: &str) -> u16 {
    send(text.parse::<«u16¦u32»>().unwrap_or_default())
}
""",
}
SILENT = [
    "pub fn size() -> u64 { std::mem::size_of::<usize>() }",
    "pub fn f(v: &[u8]) -> u64 { v.len() }",
    "pub fn f(v: &[u8]) -> u64 { v.iter().map(|x| u32::from(*x)).max().unwrap_or_else(|| 0) }",
    'pub fn f(t: &str) -> u64 { t.parse::<u8>().map_or("", |_| "a") }',
    "pub fn f(t: &str) -> u16 { let n = t.parse::<u16>(); n }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
