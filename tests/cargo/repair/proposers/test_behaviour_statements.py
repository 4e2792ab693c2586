"""Forgotten and misplaced statements, forgotten operands: what is offered for a failing test, and what is left alone."""

from __future__ import annotations

import pytest
from behaviour_scenes import check_behaviour, scene, texts

from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.proposers import (
    behaviour,
    behaviour_copied,
    behaviour_lost_statements,
    behaviour_missing,
    behaviour_names,
    behaviour_operands,
)

STATEMENTS = (behaviour_missing, behaviour_copied)
METER = """pub struct Reading { pub value: i64, pub total: i64 }

pub struct Meter { total: i64, count: usize, open: bool, last: u64, readings: Vec<Reading>, names: Vec<String> }

impl Meter {
    pub fn new() -> Self {
        Meter { total: 0, count: 0, open: false, last: 0, readings: Vec::new(), names: Vec::new() }
    }
    pub fn add(&mut self, value: i64, now: u64) -> Option<i64> {
        if !self.open {
            return None;
        }
        self.total += value;
        Some(self.total)
    }
    pub fn take(&mut self, value: i64, now: u64) -> Option<i64> {
        self.total -= value;
        self.names.push("taken".to_string());
        Some(self.total)
    }
    fn settle(&mut self, now: u64) {
        self.total = 0;
    }
    pub fn count(&self) -> usize { self.count }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn adds() {
        let mut meter = Meter::new();
        meter.add(1, 1);
        meter.take(1, 2);
        assert_eq!(meter.count(), 1);
    }
}
"""
COUNTED = TestFailure("tests::adds", "assertion `left == right` failed\n  left: 0\n right: 1", "src/lib.rs", 34)
SINGLE = "#[test]\nfn works() {\n    let _ = f;\n}\n"


@pytest.mark.parametrize(
    ("module", "after", "new"),
    [
        (behaviour_missing, "self.total += value;", "self.count += 1;"),
        (behaviour_missing, "self.total += value;", "self.last = now;"),
        (behaviour_missing, "self.total += value;", "self.readings.push(Reading { value, total: self.total });"),
        (behaviour_missing, "self.total += value;", "self.settle(now);"),
        (behaviour_copied, "self.total += value;", 'self.names.push("taken".to_string());'),
    ],
)
def test_a_forgotten_statement_is_put(module: object, after: str, new: str) -> None:
    right = METER.replace(after, f"{after}\n        {new}")
    assert right in texts(module.propose, scene(METER, [COUNTED]))  # type: ignore[attr-defined]


def test_what_nothing_writes_comes_first() -> None:
    first = texts(behaviour_missing.propose, scene(METER, [COUNTED]))[:40]
    assert sum("self.count += 1;" in text for text in first) > sum("self.total += 1;" in text for text in first)


def test_a_guard_that_the_sibling_has() -> None:
    right = METER.replace(
        "        self.total -= value;",
        "        if !self.open {\n            return None;\n        }\n        self.total -= value;",
    )
    assert right in texts(behaviour_copied.propose, scene(METER, [COUNTED]))[:10]


@pytest.mark.parametrize("module", [*STATEMENTS, behaviour_operands])
def test_every_candidate_applies_reverts_and_parses(module: object) -> None:
    assert check_behaviour(module.propose, scene(METER, [COUNTED]))  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", STATEMENTS)
def test_methods_that_only_read_are_given_no_statement(module: object) -> None:
    for text in texts(module.propose, scene(METER, [COUNTED])):  # type: ignore[attr-defined]
        assert "pub fn count(&self) -> usize { self.count }" in text


@pytest.mark.parametrize("module", [*STATEMENTS, behaviour_operands])
def test_nothing_is_offered_without_a_failing_test(module: object) -> None:
    assert list(module.propose(scene(METER, []))) == []  # type: ignore[attr-defined]


def test_names_that_are_not_bound_are_not_copied() -> None:
    source = "pub fn f(a: &mut Vec<u8>) {\n    a.clear();\n}\nfn g(b: &mut Vec<u8>) {\n    b.push(1);\n}\n" + SINGLE
    assert not any(
        "b.push" in text[: text.index("fn g")] for text in texts(behaviour_copied.propose, scene(source, "works"))
    )


def test_a_guard_of_another_result_is_not_copied() -> None:
    source = (
        "pub fn f(n: u8) -> u8 {\n    let m = n;\n    m\n}\n"
        "fn g(n: u8) -> Option<u8> {\n    if n > 3 {\n        return None;\n    }\n    Some(n)\n}\n" + SINGLE
    )
    found = texts(behaviour_copied.propose, scene(source, "works"))
    assert not any("return None" in text[: text.index("fn g")] for text in found)


def test_what_only_breaks_a_loop_stays_in_loops() -> None:
    source = (
        "pub fn f(n: u8) -> u8 {\n    let m = n;\n    m\n}\n"
        "fn g(n: u8) {\n    loop {\n        if n > 3 {\n            break;\n        }\n    }\n}\n" + SINGLE
    )
    found = texts(behaviour_copied.propose, scene(source, "works"))
    assert not any("break" in text[: text.index("fn g")] for text in found)


SLIPS = [
    (behaviour_copied, "pub fn f(v: &mut Vec<u8>) {\n    v.push(1);\n    v.clear();\n}",
     "pub fn f(v: &mut Vec<u8>) {\n    v.clear();\n    v.push(1);\n}"),
    (behaviour_copied, "pub fn f(n: u8) -> u8 {\n    let mut n = n;\n    n += 1;\n    let m = n;\n    m\n}",
     "pub fn f(n: u8) -> u8 {\n    let mut n = n;\n    let m = n;\n    n += 1;\n    m\n}"),
    (behaviour_missing, "pub fn f(v: &[u8]) -> Vec<u8> {\n    let mut sorted = v.to_vec();\n    sorted\n}",
     "pub fn f(v: &[u8]) -> Vec<u8> {\n    let mut sorted = v.to_vec();\n    sorted.sort();\n    sorted\n}"),
    (behaviour_missing, "pub fn f(v: &[u8], limit: u8) -> u8 {\n    let mut n: u8 = 0;\n    g(v);\n    n\n}\nfn g(_: &[u8]) {}",
     "pub fn f(v: &[u8], limit: u8) -> u8 {\n    let mut n: u8 = 0;\n    g(v);\n    n = limit;\n    n\n}\nfn g(_: &[u8]) {}"),
    (behaviour_operands, "pub fn f(n: u32) -> bool { n % 3 == 0 }", "pub fn f(n: u32) -> bool { (n + 1) % 3 == 0 }"),
    (behaviour_operands, "pub fn f(n: u32) -> u32 { n % 12 }", "pub fn f(n: u32) -> u32 { n % 12 + 1 }"),
    (behaviour_operands, "pub fn f(a: u32, b: u32, c: u32) -> u32 { a * b + c }",
     "pub fn f(a: u32, b: u32, c: u32) -> u32 { a * (b + c) }"),
    (behaviour_operands, "pub fn f(v: &[bool]) -> usize { v.iter().filter(|b| g(b)).count() }\nfn g(b: &bool) -> bool { *b }",
     "pub fn f(v: &[bool]) -> usize { v.iter().filter(|b| !g(b)).count() }\nfn g(b: &bool) -> bool { *b }"),
    (behaviour_operands, "pub fn f(n: u32) -> Option<u32> { if n > 9 { return None; } Some(n) }",
     "pub fn f(n: u32) -> Option<u32> { if n == 0 || n > 9 { return None; } Some(n) }"),
    (behaviour_operands, "pub struct S { a: u8, b: u8 }\npub fn f(x: &S, y: &S) -> bool { x.a < y.b && x.a < y.b }",
     "pub struct S { a: u8, b: u8 }\npub fn f(x: &S, y: &S) -> bool { x.a < y.b && y.a < x.b }"),
    (behaviour_operands, "pub fn f(x: usize, y: usize, w: usize) -> usize { x * w + y }",
     "pub fn f(x: usize, y: usize, w: usize) -> usize { y * w + x }"),
    (behaviour_operands, "pub struct S { most: u64 }\nimpl S { pub fn g(&self, n: u64) -> Option<u64> { let d = n * 2; Some(d) } }\n"
     "pub fn f() { S { most: 1 }.g(2); }",
     "pub struct S { most: u64 }\nimpl S { pub fn g(&self, n: u64) -> Option<u64> { let d = n * 2; Some(d.min(self.most)) } }\n"
     "pub fn f() { S { most: 1 }.g(2); }"),
    (behaviour_operands, "pub fn f(n: i64) -> i64 { g(n) }\nfn g(n: i64) -> i64 { n }",
     "pub fn f(n: i64) -> i64 { g(-n) }\nfn g(n: i64) -> i64 { n }"),
    (behaviour_operands, "pub struct R { high: i32 }\npub fn f() -> R { R { high: 0 } }",
     "pub struct R { high: i32 }\npub fn f() -> R { R { high: i32::MIN } }"),
    (behaviour, "pub fn f(a: &str, b: bool) -> bool { if a.is_empty() && b { true } else { false } }",
     "pub fn f(a: &str, b: bool) -> bool { if !a.is_empty() && b { true } else { false } }"),
    (behaviour_names, "pub struct S;\nimpl S { fn low(&self) -> bool { true } fn less(&self) -> bool { false } }\n"
     "pub fn f(v: &mut Vec<S>) -> bool { match v.last_mut() { Some(x) => x.low(), None => false } }",
     "pub struct S;\nimpl S { fn low(&self) -> bool { true } fn less(&self) -> bool { false } }\n"
     "pub fn f(v: &mut Vec<S>) -> bool { match v.last_mut() { Some(x) => x.less(), None => false } }"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "wrong", "right"), SLIPS)
def test_the_right_change_is_among_the_first(module: object, wrong: str, right: str) -> None:
    source = f"{wrong}\n{SINGLE}"
    assert f"{right}\n{SINGLE}" in texts(module.propose, scene(source, "works"))[:24]  # type: ignore[attr-defined]


def test_a_guard_may_be_put_beside_an_empty_block() -> None:
    source = (
        "pub fn f(n: &mut Vec<u8>) -> Option<u8> {\n    if n.is_empty() {\n        return None;\n    }\n    n.pop()\n}\n"
        "pub fn g(n: &mut Vec<u8>) -> Option<u8> {\n    if n.len() > 3 {\n    }\n    n.pop()\n}\n"
        "#[test]\nfn works() {\n    g(&mut vec![]);\n}\n"
    )
    assert check_behaviour(behaviour_copied.propose, scene(source, "works"))


@pytest.mark.parametrize("module", [behaviour_missing, behaviour_copied, behaviour_lost_statements])
def test_what_was_just_declared_is_not_set_again(module: object) -> None:
    source = (
        "pub fn f(v: &[u32], n: u32) -> u32 {\n    let mut sum = 0;\n    let mut c = n;\n    g();\n    for x in v {\n        c = *x;\n"
        "        sum += c;\n    }\n    c = n;\n    sum += c;\n    sum\n}\n#[test]\nfn works() {\n    f(&[], 1);\n}\nfn g() {}\n"
    )
    for text in texts(module.propose, scene(source, "works")):  # type: ignore[attr-defined]
        assert "let mut sum = 0;\n    sum " not in text
        assert "let mut c = n;\n    c " not in text
