"""Implementations that break a rule of coherence: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.coherence import propose

PROGRAM_1 = """\
use std::fmt;

trait Area {
    fn area(&self) -> f64;
}

#[derive(Clone, PartialEq)]
struct Square {
    side: f64,
}

impl Area for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}

impl Square {
    fn grow(&mut self) {
        self.side += 1.0;
    }
}

struct Names(Vec<String>);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.0.len())
    }
}

struct Guard {
    name: String,
}

impl Drop for Guard {
    fn drop(&mut self) {
        println!("{}", self.name);
    }
}

impl fmt::Debug for Square {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "[{}]", self.side)
    }
}

fn main() {
    let mut s = Square { side: 2.0 };
    s.grow();
    let _guard = Guard { name: "g".to_string() };
    println!("{} {} {:?}", s.area(), Names(vec![]), s);
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (
        PROGRAM_1,
        "#[derive(Clone, PartialEq)]\nstruct Square",
        "#[derive(Debug, Clone, PartialEq)]\nstruct Square",
    ),
    (PROGRAM_1, "impl Square {", "impl &Square {"),
    (PROGRAM_1, "impl Drop for Guard", "impl Drop for &Guard"),
    (PROGRAM_1, "impl fmt::Display for Names", "impl fmt::Display for Vec<String>"),
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
