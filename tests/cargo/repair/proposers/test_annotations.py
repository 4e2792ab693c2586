"""Types that cannot be inferred: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import WORKERS

from rusta_cargo.repair.proposers.annotations import propose

PROGRAM_1 = """\
use std::collections::HashMap;

trait Unit {
    fn symbol() -> &'static str;
}

struct Meter;

impl Unit for Meter {
    fn symbol() -> &'static str {
        "m"
    }
}

fn squares(limit: u32) -> u32 {
    let all = (0..limit).map(|n| n * n).collect::<Vec<_>>();
    all.len() as u32
}

fn total(values: &[f64]) -> bool {
    values.iter().sum::<f64>() > 1.0
}

fn port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 1024)
}

fn widen(n: u32, offset: u64) -> u64 {
    offset + u64::from(n)
}

fn main() {
    let mut names: Vec<String> = Vec::new();
    if std::env::args().count() > 3 {
        names = Vec::new();
    }
    let missing: Option<i32> = None;
    let counts: HashMap<&str, usize> = HashMap::new();
    println!("{} {} {:?} {}", squares(3), names.len(), missing, counts.len());
    println!("{} {} {} {}", total(&[1.0]), port("80"), widen(1, 2), Meter::symbol());
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "sum::<f64>()", "sum()"),
    (PROGRAM_1, "let missing: Option<i32>", "let missing"),
    (PROGRAM_1, "Meter::symbol()", "Unit::symbol()"),
    (WORKERS, "x.parse::<i32>()", "x.parse()"),
    (WORKERS, ".sum::<u64>()", ".sum()"),
    (WORKERS, "let none: Option<i32>", "let none"),
    (WORKERS, "let handles: Vec<_>", "let handles"),
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
