"""Casts that ``as`` cannot make: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.casts import propose

PROGRAM_1 = """\
#[derive(Clone, Copy)]
struct Celsius(f64);

impl From<Celsius> for f64 {
    fn from(value: Celsius) -> f64 {
        value.0
    }
}

fn letter(n: u32) -> char {
    (b'a' + n as u8) as char
}

fn total(parts: &[u16]) -> u64 {
    let mut sum = 0u64;
    for part in parts {
        sum += *part as u64;
    }
    sum
}

fn text(n: u8) -> String {
    n.to_string()
}

fn first(values: &[i32]) -> f32 {
    *values.first().unwrap() as f32
}

fn main() {
    println!("{} {} {} {}", letter(3), total(&[1, 2]), text(4), first(&[7]));
    let warm = f64::from(Celsius(21.5));
    println!("{warm}");
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "*part as u64", "part as u64"),
    (PROGRAM_1, "n.to_string()", "n as String"),
    (PROGRAM_1, "*values.first().unwrap() as f32", "values.first().unwrap() as f32"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let n: u8 = "a";\n    println!("{n}");\n}\n',
    'fn main() {\n    let n = 1u8 + 2u16;\n    println!("{n}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])
