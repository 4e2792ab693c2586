"""The proposers for failing tests: what they offer, what they leave alone. Whether it is right the tests decide."""

from __future__ import annotations

import importlib

import pytest
from behaviour_scenes import after, check_behaviour, files_of, scene, texts

from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.proposers import (
    behaviour,
    behaviour_calls,
    behaviour_copied,
    behaviour_flow,
    behaviour_lost_guards,
    behaviour_lost_parts,
    behaviour_lost_statements,
    behaviour_lost_steps,
    behaviour_missing,
    behaviour_names,
    behaviour_operands,
    behaviour_values,
)
from rusta_cargo.repair.proposing import MOST_CANDIDATES

ALL = (
    behaviour, behaviour_values, behaviour_names, behaviour_calls, behaviour_flow, behaviour_operands, behaviour_missing,
    behaviour_copied, behaviour_lost_guards, behaviour_lost_statements, behaviour_lost_steps, behaviour_lost_parts,
)  # fmt: skip
SHOP = """//! A shop, with umlauts: Käse.
#[derive(Clone, Copy, PartialEq)]
pub enum Size { Small, Large }

pub struct Shop { prices: Vec<u32>, rebate: u32, extra: u32 }

pub const LIMIT: usize = 100;

impl Shop {
    pub fn total(&self, size: Size) -> u32 {
        let mut sum = 0;
        for index in 0..self.prices.len() {
            if index >= LIMIT { break; }
            sum += self.prices[index];
        }
        match size { Size::Small => sum - self.rebate, Size::Large => sum - self.rebate - self.extra }
    }
    pub fn label(&self, name: &str, note: &str) -> String {
        let all = vec![name.trim(), note.trim()];
        if !all.is_empty() && self.rebate > 0 { format!("{}: {}", all[0], note.to_uppercase()) } else { String::new() }
    }
    pub fn cheapest(&self) -> Option<u32> { self.prices.iter().copied().min() }
    pub fn mean(&self) -> f64 { (self.total(Size::Small) / self.prices.len() as u32) as f64 }
    pub fn never(&self) -> u32 { todo!() }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn shop() -> Shop { Shop { prices: vec![1, 2], rebate: 0, extra: 1 } }
    #[test] fn totals() { assert_eq!(shop().total(Size::Large), 3); }
    #[test] fn labels() { assert_eq!(shop().label("a", "b"), "a: B"); }
    #[test] fn cheap() { assert_eq!(shop().cheapest(), Some(2)); assert_eq!(shop().mean(), 1.5); }
    #[test] fn written() { assert_eq!(shop().never(), 3); }
}
"""
FAILURES = [
    TestFailure("tests::totals", "assertion `left == right` failed\n  left: 2\n right: 3", "src/lib.rs", 32),
    TestFailure("tests::labels", 'assertion `left == right` failed\n  left: ""\n right: "a: B"', "src/lib.rs", 33),
    TestFailure("tests::cheap", "assertion `left == right` failed\n  left: Some(1)\n right: Some(2)"),
]


MACHINE = """use std::cmp::Ordering;
pub struct Machine { cells: Vec<Vec<i32>>, at: i32, len: usize, mask: u8, limit: i32 }
pub fn name(code: u8) -> &'static str {
    if code >= 0x7F { "high" } else if code >= 0b1000 { "mid" } else { "" }
}
impl Machine {
    pub fn grow(&mut self, row: usize, column: usize) { self.cells[row][column] = 1; }
    pub fn shrink(&mut self) { if self.len > 0 { self.len -= 1; } }
    pub fn turn(&mut self, by: i32, limit: i32) -> i32 { self.at = (self.at + by) % self.limit; self.at.min(limit) }
    pub fn masked(&self, other: u8) -> u8 { (self.mask & other) >> 1 }
    pub fn best(&self) -> i32 {
        let mut best = 0;
        for row in &self.cells { for cell in row { if *cell > best { best = *cell; } } }
        best
    }
    pub fn order(&self, other: &Machine) -> Ordering {
        match self.at { a if a < 0 => Ordering::Less, a if a > other.at => Ordering::Greater, _ => Ordering::Equal }
    }
    pub fn share(&self) -> u32 { (self.at as f64 * 1.5) as u32 / (self.len as u32 + 3) }
    pub fn shown(&self, note: &str) -> String { format!("{:03}|{:.1}|{{}}{note}", self.len, 2.55) + &note.to_string() }
    pub fn step(&self) -> usize { [1, 2, 3, 5, 5][self.len.min(4)] + self.cells.iter().map(Vec::len).max().unwrap_or_default() }
}
#[cfg(test)]
mod tests {
    use super::*;
    fn machine() -> Machine { Machine { cells: vec![vec![1, 2]], at: 3, len: 1, mask: 7, limit: 4 } }
    #[test] fn all() {
        let mut it = machine(); it.grow(0, 1); it.shrink(); it.turn(2, 9); it.masked(3); it.best(); it.step(); name(3);
        assert_eq!(it.order(&machine()), Ordering::Less); assert_eq!(it.shown("x"), "001"); assert_eq!(it.share(), 2);
    }
}
"""
MACHINE_FAILS = [
    TestFailure("tests::all", "assertion `left == right` failed\n  left: -7\n right: 120", "src/lib.rs", 29),
    TestFailure(
        "tests::all", 'assertion `left == right` failed\n  left: "01 2.5"\n right: "001 2.55"', "src/lib.rs", 30
    ),
]


@pytest.mark.parametrize("source", [(SHOP, FAILURES), (MACHINE, MACHINE_FAILS)], ids=["shop", "machine"])
@pytest.mark.parametrize("module", ALL, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_candidate_applies_reverts_and_parses(module: object, source: tuple[str, list[TestFailure]]) -> None:
    found = check_behaviour(module.propose, scene(*source))  # type: ignore[attr-defined]
    # Nothing of the machine's is both mutable and written over several lines.
    assert found or (module in (behaviour_lost_statements, behaviour_lost_parts) and source[0] is MACHINE)
    assert len(found) <= MOST_CANDIDATES


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.__name__.rpartition(".")[2])
def test_nothing_is_offered_without_a_failing_test(module: object) -> None:
    assert list(module.propose(scene(SHOP, []))) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.__name__.rpartition(".")[2])
def test_tests_are_never_changed(module: object) -> None:
    outside = {"src/lib.rs": SHOP, "tests/it.rs": "#[test] fn it() { assert_eq!(1 + 1, 3); }\n"}
    situation = scene(outside, [*FAILURES, TestFailure("demo test:it::it")])
    border = SHOP.encode().index(b"#[cfg(test)]")
    for candidate in module.propose(situation):  # type: ignore[attr-defined]
        for part in candidate.replacements:
            assert part.path == "src/lib.rs"
            assert part.end <= border, candidate.title


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_body_that_was_never_written_is_not_invented(module: object) -> None:
    situation = scene(SHOP, [TestFailure("tests::written", "not yet implemented", "src/lib.rs", 24)])
    place = SHOP.encode().index(b"{ todo!() }")
    for candidate in module.propose(situation):  # type: ignore[attr-defined]
        assert not any(place <= part.start < place + 11 for part in candidate.replacements), candidate.title


# (proposer, wrong, right, panic or assertion): the right text is among the first ten.
SLIPS = [
    (behaviour, "pub fn f(a: u32, b: u32) -> bool { a < b }", "pub fn f(a: u32, b: u32) -> bool { a <= b }", ""),
    (behaviour, "pub fn f(a: u32) -> u32 { a - 1 }", "pub fn f(a: u32) -> u32 { a + 1 }", ""),
    (behaviour, "pub fn f(a: bool, b: bool) -> bool { a || b }", "pub fn f(a: bool, b: bool) -> bool { a && b }", ""),
    (behaviour, "pub fn f(n: u32) -> u32 { (1..n).sum() }", "pub fn f(n: u32) -> u32 { (1..=n).sum() }", ""),
    (behaviour, "pub fn f(s: &str) -> bool { s.is_empty() }", "pub fn f(s: &str) -> bool { !s.is_empty() }", ""),
    (behaviour, "pub fn f() -> bool { let mut x = false; if x { x = true; } x }",
     "pub fn f() -> bool { let mut x = true; if x { x = true; } x }", ""),
    (behaviour, "pub fn f(v: &[u32]) -> u32 { let mut s = 0; for x in v { s = x; } s }",
     "pub fn f(v: &[u32]) -> u32 { let mut s = 0; for x in v { s += x; } s }", ""),
    (behaviour_values, "pub fn f() -> u32 { 41 }", "pub fn f() -> u32 { 42 }", "  left: 41\n right: 42"),
    (behaviour_values, "pub fn f() -> u32 { 70 }", "pub fn f() -> u32 { 77 }", "  left: 70\n right: 77"),
    (behaviour_values, "pub fn f(v: &[u32]) -> u32 { v[v.len()] }", "pub fn f(v: &[u32]) -> u32 { v[v.len() - 1] }",
     "index out of bounds: the len is 3 but the index is 3"),
    (behaviour_values, 'pub fn f() -> String { format!("Sum {}", 1) }', 'pub fn f() -> String { format!("sum {}", 1) }',
     '  left: "Sum 1"\n right: "sum 1"'),
    (behaviour_names, "pub fn f(low: u32, high: u32) -> u32 { low.max(low) + high }",
     "pub fn f(low: u32, high: u32) -> u32 { low.max(high) + high }", ""),
    (behaviour_names, "pub struct P { x: f64, y: f64 }\npub fn f(p: &P) -> f64 { p.x * p.x }",
     "pub struct P { x: f64, y: f64 }\npub fn f(p: &P) -> f64 { p.x * p.y }", ""),
    (behaviour_names, "pub fn f(a: u32, b: u32) -> u32 { g(b, a) }\nfn g(a: u32, b: u32) -> u32 { a - b }",
     "pub fn f(a: u32, b: u32) -> u32 { g(a, b) }\nfn g(a: u32, b: u32) -> u32 { a - b }", ""),
    (behaviour_calls, "pub fn f(v: &[u32]) -> Option<&u32> { v.iter().min() }",
     "pub fn f(v: &[u32]) -> Option<&u32> { v.iter().max() }", ""),
    (behaviour_calls, "pub fn f(v: &[u32]) -> Vec<u32> { v.iter().copied().collect() }",
     "pub fn f(v: &[u32]) -> Vec<u32> { v.iter().rev().copied().collect() }", "  left: [1, 2]\n right: [2, 1]"),
    (behaviour_calls, "pub fn f(a: u32, b: u32) -> f64 { (a / b) as f64 }",
     "pub fn f(a: u32, b: u32) -> f64 { a as f64 / b as f64 }", "  left: 0.0\n right: 0.5"),
    (behaviour_calls, 'pub fn f(s: &str) -> u32 { s.parse::<u32>().unwrap() }',
     'pub fn f(s: &str) -> u32 { s.parse::<u32>().unwrap_or_default() }',
     "called `Result::unwrap()` on an `Err` value: ParseIntError"),
    (behaviour_flow, "pub fn f(a: u32) -> u32 { if a > 3 { 1 } else { 2 } }",
     "pub fn f(a: u32) -> u32 { if a > 3 { 2 } else { 1 } }", ""),
    (behaviour_flow, "pub fn f(v: &[u32]) -> u32 {\n    v.iter().sum::<u32>() / v.len() as u32\n}",
     "pub fn f(v: &[u32]) -> u32 {\n    if v.is_empty() {\n        return 0;\n    }\n    v.iter().sum::<u32>() / v.len() as u32\n}",
     "attempt to divide by zero"),
    (behaviour_flow, "pub fn f(n: u32) -> u32 {\n    let mut k = 0;\n    while k < n {\n        g();\n    }\n    k\n}\nfn g() {}",
     "pub fn f(n: u32) -> u32 {\n    let mut k = 0;\n    while k < n {\n        g();\n        k += 1;\n    }\n    k\n}\nfn g() {}",
     "it did not end within 30 s"),
    (behaviour, "pub fn f(o: Option<u8>, g: fn(u8) -> bool) -> bool { let x = match o { Some(v) => g(v), None => false }; x }",
     "pub fn f(o: Option<u8>, g: fn(u8) -> bool) -> bool { let x = match o { Some(v) => !g(v), None => false }; x }", ""),
    (behaviour, "pub fn f(a: u8, b: u8) -> u8 { a & b }", "pub fn f(a: u8, b: u8) -> u8 { a & !b }", ""),
    (behaviour_values, "pub fn f(a: u32, b: u32) -> u32 { (a + b) / b }",
     "pub fn f(a: u32, b: u32) -> u32 { (a + b - 1) / b }", "  left: 3\n right: 2"),
    (behaviour_values, "pub fn f(a: u32, b: u32) -> u32 { a / b }", "pub fn f(a: u32, b: u32) -> u32 { a.div_ceil(b) }",
     "  left: 3\n right: 4"),
    (behaviour_values, "pub fn f(v: &[i32]) -> i32 { let mut m = 0; for &x in v { if x > m { m = x; } } m }",
     "pub fn f(v: &[i32]) -> i32 { let mut m = i32::MIN; for &x in v { if x > m { m = x; } } m }", "  left: 0\n right: -3"),
    (behaviour_values, "pub fn f() -> u8 { 0x7F }", "pub fn f() -> u8 { 0xFF }", "  left: 127\n right: 255"),
    (behaviour_values, 'pub fn f(s: &str) -> String { s.to_string() }', 'pub fn f(s: &str) -> String { s.trim().to_string() }',
     '  left: "a "\n right: "a"'),
    (behaviour_names, "pub fn f(g: &[Vec<u8>], x: usize, y: usize) -> u8 { g[x][y] }",
     "pub fn f(g: &[Vec<u8>], x: usize, y: usize) -> u8 { g[y][x] }", ""),
    (behaviour_names, "use std::cmp::Ordering;\npub fn f() -> Ordering { Ordering::Less }",
     "use std::cmp::Ordering;\npub fn f() -> Ordering { Ordering::Greater }", ""),
    (behaviour_names, "pub struct S { n: u8 }\nimpl S { pub fn f(&mut self, n: u8) { self.n = n.max(n); } }\npub use S as f;",
     "pub struct S { n: u8 }\nimpl S { pub fn f(&mut self, n: u8) { self.n = n.max(self.n); } }\npub use S as f;", ""),
    (behaviour_calls, "pub fn f(a: i32, b: i32) -> i32 { (a - b) % 7 }",
     "pub fn f(a: i32, b: i32) -> i32 { (a - b).rem_euclid(7) }", "  left: -2\n right: 5"),
    (behaviour_calls, "pub fn f(x: f64) -> i32 { x as i32 }", "pub fn f(x: f64) -> i32 { x.round() as i32 }", ""),
    (behaviour_calls, "pub fn f(s: &str) -> bool { s.chars().all(char::is_alphabetic) }",
     "pub fn f(s: &str) -> bool { s.chars().all(char::is_alphanumeric) }", ""),
    (behaviour_flow, "pub fn f(n: u32) -> bool {\n    n % 2 == 1\n}",
     "pub fn f(n: u32) -> bool {\n    if n <= 1 {\n        return false;\n    }\n    n % 2 == 1\n}", ""),
    (behaviour_flow, "pub fn f(n: u32) -> u32 { if n > 3 { 1 } else if n > 9 { 2 } else { 3 } }",
     "pub fn f(n: u32) -> u32 { if n > 9 { 2 } else if n > 3 { 1 } else { 3 } }", ""),
    (behaviour_flow, "pub fn f(n: u32) -> u32 { match n { n if n > 3 => 1, n if n > 9 => 2, _ => 3 } }",
     "pub fn f(n: u32) -> u32 { match n { n if n > 9 => 2, n if n > 3 => 1, _ => 3 } }", ""),
    (behaviour_flow, "pub struct S { n: u8 }\nimpl S {\n    pub fn f(&mut self) {\n        g();\n    }\n"
     "    pub fn less(&mut self) { self.n -= 1; }\n}\nfn g() {}",
     "pub struct S { n: u8 }\nimpl S {\n    pub fn f(&mut self) {\n        g();\n        self.n += 1;\n    }\n"
     "    pub fn less(&mut self) { self.n -= 1; }\n}\nfn g() {}", ""),
]  # fmt: skip


@pytest.mark.parametrize(("module", "wrong", "right", "message"), SLIPS)
def test_the_right_change_is_among_the_first(module: object, wrong: str, right: str, message: str) -> None:
    test = "\n#[test]\nfn works() { let _ = f; }\n"
    situation = scene(wrong + test, [TestFailure("works", message)])
    assert right + test in texts(module.propose, situation)[:10]  # type: ignore[attr-defined]


def test_the_line_of_a_panic_comes_first() -> None:
    source = "pub fn f(a: u32, b: u32) -> u32 {\n    let c = a + b;\n    c - 9\n}\n#[test]\nfn t() { f(1, 2); }\n"
    failure = TestFailure("t", "attempt to subtract with overflow", "src/lib.rs", 3)
    first = texts(behaviour.propose, scene(source, [failure]))[0]
    assert "a + b" in first
    assert "c - 9" not in first


def test_every_proposer_is_declared() -> None:
    from rusta_cargo.repair.declarations import PROPOSERS

    declared = {spec.name for spec in PROPOSERS if spec.name.startswith("behaviour")}
    assert declared == {module.__name__.rpartition(".")[2] for module in ALL}
    for name in declared:
        assert importlib.import_module(f"rusta_cargo.repair.proposers.{name}").__doc__


def test_what_changes_lies_in_the_tree() -> None:
    situation = scene(
        {
            "src/lib.rs": "mod part;\npub use part::f;\n#[test] fn t() { f(1); }\n",
            "src/part.rs": "pub fn f(a: u32) -> u32 { a + 1 }\n",
        },
        "t",
    )
    changed = {path for item in behaviour.propose(situation) for path in after(item, situation)}
    assert changed == {"src/part.rs"}
    assert set(files_of(SHOP)) == {"src/lib.rs"}
