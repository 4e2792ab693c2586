"""Lists of results where lists of values are wanted."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.collected_results import propose

RESTORED = {
    "bound first": """pub fn number(text: &str) -> Result<u32, std::num::ParseIntError> { text.trim().parse() }
pub fn total(numbers: Vec<u32>) -> u32 { numbers.iter().sum() }
pub fn sum(line: &str) -> Result<u32, std::num::ParseIntError> {
    let numbers = line.split(',').map(number).collect::<«Result<Vec<_>, _>¦Vec<_>»>()«?¦»;
    Ok(total(numbers))
}
""",
    "an argument": """pub fn total(numbers: Vec<u32>) -> u32 { numbers.iter().sum() }
pub fn sum(line: &str) -> Option<u32> {
    Some(total(line.chars().map(|c| c.to_digit(10)).collect::<«Option<Vec<_>>¦Vec<_>»>()«?¦»))
}
""",
    "an iterator that borrows": """pub struct Machine { left: u32 }
impl Machine {
    fn step(&mut self, by: u32) -> Result<u32, String> {
        self.left = self.left.checked_sub(by).ok_or_else(|| "empty".to_string())?;
        Ok(self.left)
    }
    fn show(&self, all: &[u32], last: Vec<u32>) -> usize { all.len() + last.len() }
    pub fn run(&mut self, steps: &[u32]) -> Result<usize, String> {
        let seen = steps.iter().map(|by| self.step(*by)).collect::<«Result<Vec<_>, _>¦Vec<_>»>()«?¦»;
        Ok(self.show(steps, seen))
    }
}
""",
}
SILENT = [
    'pub fn f() -> Vec<u8> { "" }',
    "pub fn f(x: Vec<Result<u8, String>>) -> Vec<u8> { x }",
    "fn t(x: Vec<u8>) {}\npub fn f(l: &str) { t(l.split(1 as char).map(|p| p.parse::<u8>()).collect::<Vec<_>>()) }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
