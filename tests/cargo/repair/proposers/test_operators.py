"""Operators between values that do not go together: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import ACCOUNTS, CONFIG, GEOMETRY, ITEMS

from rusta_cargo.repair.proposers.operators import propose

REAL = """\
fn share(part: usize, all: usize) -> f64 {
    100.0 * part as f64 / all as f64
}

fn inverse(n: i32) -> f64 {
    1.0 / n as f64
}

fn main() {
    println!("{} {}", share(1, 2), inverse(3));
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (ACCOUNTS, "parts as f64", "parts"),
    (ACCOUNTS, "v.len() + names.len()", "v.len() + names"),
    (ACCOUNTS, "let mut sum: u64 = 0;", "let mut sum: u32 = 0;"),
    (GEOMETRY, "m.0 * 2.0", "m.0 * 2"),
    (GEOMETRY, "m.0 + 1.0", "m.0 + 1"),
    (GEOMETRY, "values.len() as f64", "values.len()"),
    (REAL, "part as f64", "part"),
    (REAL, "n as f64", "n"),
    (CONFIG, "value: f64, by: f64", "value: i32, by: f64"),
    (CONFIG, "by: f64) -> f64", "by: u8) -> f64"),
    (CONFIG, "total: u64, n: u64) -> u64", "total: u32, n: u64) -> u64"),
    (CONFIG, "dx: i32)", "dx: String)"),
    (CONFIG, "let mut sum = 0.0;", "let mut sum = 0;"),
    (CONFIG, "let i: usize", "let i: u64"),
    (CONFIG, "LIMIT: usize", "LIMIT: i32"),
    (ITEMS, ", PartialOrd)]\nenum", ")]\nenum"),
    (ITEMS, "Copy, PartialEq, PartialOrd)]", "Copy)]"),
    (ITEMS, "#[derive(Debug, PartialEq)]", "#[derive(Debug)]"),
    (ITEMS, "item.count as f64", "item.count"),
    (ITEMS, "delta.unsigned_abs() as usize", "delta.unsigned_abs()"),
    (ITEMS, "base + delta as usize", "base + delta"),
    (ITEMS, "c as u8 - base", "c - base"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'fn main() {\n    let n: u8 = "a";\n    println!("{n}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])
