"""The proposers for failing tests: what they offer, what they leave alone. Whether it is right the tests decide."""

from __future__ import annotations

import importlib

import pytest
from behaviour_scenes import after, check_behaviour, files_of, scene, texts

from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.proposers import (
    behaviour,
    behaviour_calls,
    behaviour_flow,
    behaviour_names,
    behaviour_values,
)
from rusta_cargo.repair.proposing import MOST_CANDIDATES

ALL = (behaviour, behaviour_values, behaviour_names, behaviour_calls, behaviour_flow)
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


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_candidate_applies_reverts_and_parses(module: object) -> None:
    found = check_behaviour(module.propose, scene(SHOP, FAILURES))  # type: ignore[attr-defined]
    assert found
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
