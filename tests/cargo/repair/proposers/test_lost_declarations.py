"""Locals whose whole ``let`` was lost."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_declarations import propose

RESTORED = {
    "a function of that name": """fn read_scores(text: &str) -> Vec<u32> { text.split(' ').filter_map(|w| w.parse().ok()).collect() }
pub fn best(text: &str) -> Option<u32> {
    «let scores = read_scores(text);
    ¦»let first = scores.first().copied();
    first.max(scores.iter().copied().max())
}
""",
    "a method of a field": """#[derive(Default)]
pub struct Shelf { books: Vec<String> }
impl Shelf { fn newest(&self) -> Option<&String> { self.books.last() } }
#[derive(Default)]
pub struct Library { shelf: Shelf }
impl Library {
    pub fn title(&self) -> Option<usize> {
        «let newest = self.shelf.newest()?;
        ¦»Some(newest.len())
    }
}
""",
    "how many there are": """pub fn report(names: &[String], all: Vec<u8>) -> String {
    «let count = all.len();
    ¦»format!("{} {}", names.join(","), count)
}
""",
    "as elsewhere in the file": """pub fn wide(line: &str) -> usize {
    let fields = line.split(';').count();
    fields * 2
}
pub fn narrow(line: &str) -> bool {
    «let fields = line.split(';').count();
    ¦»fields < 3
}
""",
    "a type of that name": """#[derive(Default)]
pub struct Summary { lines: usize }
pub fn summed(text: &str) -> Summary {
    «let mut summary = Summary::default();
    ¦»summary.lines += text.lines().count();
    summary
}
""",
    "what a field of that name holds": """pub struct Level(u8);
pub enum Fault { Low { level: Level, asked: u8 } }
pub struct Tank { filled: u8 }
impl Tank {
    fn measured(&self, scale: u8) -> Level { Level(self.filled / scale) }
    pub fn refuse(&self, asked: u8, scale: u8) -> Fault {
        «let level = self.measured(scale);
        ¦»Fault::Low { level, asked }
    }
}
""",
}
SILENT = [
    "pub fn f() -> usize { lines + 1 }",
    "pub fn g(text: &str) -> usize { let part = text.trim(); part.len() } pub fn f() -> usize { part.len() }",
    'fn rate(of: f64) -> f64 { of } pub fn f(name: &str) -> f64 { println!("{name}"); rate * 2.0 }',
    "pub fn f(x: u8) -> u8 { missing() + x }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_stands_nowhere_is_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
