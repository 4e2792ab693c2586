"""Operators on one value that has none: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_restored, assert_silent, check_proposer
from sample_programs import ACCOUNTS, ITEMS, WORKERS

from rusta_cargo.repair.proposers.unary import propose

PROGRAM_1 = """\
use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Vector {
    x: f64,
    y: f64,
}

impl std::ops::Neg for Vector {
    type Output = Vector;

    fn neg(self) -> Vector {
        Vector { x: -self.x, y: -self.y }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

fn by_size(a: &u32, b: &u32) -> Ordering {
    a.cmp(b).reverse()
}

fn shown(names: &[String], limit: Option<usize>) -> bool {
    !names.is_empty() && !limit.is_none()
}

fn back(n: i32) -> i32 {
    -n
}

fn double(values: &[i64]) -> Vec<i64> {
    values.iter().map(|v| *v * 2).collect()
}

fn sum(n: i64, r: &i64) -> i64 {
    n + *r
}

fn different(a: Side, b: Side) -> bool {
    a != b
}

fn best(scores: &[u8]) -> u8 {
    let top = scores.iter().max().unwrap();
    *top
}

fn main() {
    println!("{:?} {}", -Vector { x: 1.0, y: 2.0 }, back(4));
    println!("{:?} {}", by_size(&1, &2), shown(&[], None));
    println!("{:?} {} {} {}", double(&[1]), sum(1, &2), best(&[1, 2]), different(Side::Left, Side::Right));
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "n + *r", "*n + *r"),
    (PROGRAM_1, "a.cmp(b).reverse()", "-a.cmp(b)"),
    (PROGRAM_1, "a != b", "!a == b"),
    (PROGRAM_1, ".max().unwrap();", ".max();"),
    (ACCOUNTS, "map.get(key)?", "map.get(key)"),
    (ITEMS, "*r + 1", "**r + 1"),
    (WORKERS, "counter.lock().unwrap()", "counter.lock()"),
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


BEHIND_A_REFERENCE = {
    "an amount of a pattern": """use std::ops::Neg;
#[derive(Clone, Copy)]
pub struct Money(i64);
impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money { Money(-self.0) }
}
pub enum Event { Paid { amount: Money } }
pub fn back(event: &Event) -> Money {
    match event {
        Event::Paid { amount } => -«*¦»amount,
    }
}
""",
}


@pytest.mark.parametrize("name", BEHIND_A_REFERENCE)
def test_behind_a_reference(name: str) -> None:
    assert_restored(propose, BEHIND_A_REFERENCE[name])
