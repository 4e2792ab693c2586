"""Results of calls where a function is asked for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.called_early import propose

RESTORED = {
    "a thread": """use std::thread;
pub fn count(to: u64) -> u64 { (0..to).sum() }
pub fn start() -> u64 { thread::spawn(«|| ¦»count(3)).join().unwrap_or(0) }
""",
    "a constructor": """pub fn name(given: Option<String>) -> String { given.unwrap_or_else(«String::new¦String::new()») }
""",
    "a method of self": """pub struct Walker { depth: usize }
impl Walker {
    fn nested<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let result = walk(self);
        self.depth -= 1;
        result
    }
    fn list(&mut self) -> usize { self.depth }
    pub fn all(&mut self) -> usize { self.nested(«Self::list¦self.list()») }
}
""",
    "what only the closure would bind": """pub struct Item { pub name: String, pub price: u32 }
pub fn total(items: &[Item]) -> u32 { items.iter().map(«|item| ¦»item.price * 2).sum() }
""",
    "a method of the tree that takes a closure": """pub struct Table { rows: Vec<u8> }
impl Table {
    fn each(&self, act: impl Fn(&u8) -> u8) -> Vec<u8> { self.rows.iter().map(act).collect() }
    pub fn doubled(&self) -> Vec<u8> { self.each(«|row| ¦»row.wrapping_mul(2)) }
}
""",
}
SILENT = [
    'pub fn f(x: Option<u8>) -> u8 { x.unwrap_or_else(|| "") }',
    "pub fn f() -> u8 { g(missing) }\nfn g(x: u8) -> u8 { x }",
    "pub fn f(x: &[u8]) -> Vec<u8> { x.iter().map(missing).collect() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
