"""Values without a known size: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import WORKERS

from rusta_cargo.repair.proposers.unsized import propose

PROGRAM_1 = """\
use std::fmt::Display;

trait Draw {
    fn draw(&self) -> String;
}

struct Dot;

impl Draw for Dot {
    fn draw(&self) -> String {
        ".".to_string()
    }
}

fn show<T: Display + ?Sized>(value: &T) -> String {
    value.to_string()
}

fn all(shapes: &[Box<dyn Draw>]) -> usize {
    shapes.len()
}

fn first(values: &[u8]) -> u8 {
    let rest = &values[1..];
    rest[0]
}

fn main() {
    let name: &str = "dot";
    println!("{} {} {}", show(name), all(&[Box::new(Dot)]), first(&[1, 2]));
    println!("{}", Dot.draw());
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "T: Display + ?Sized", "T: Display"),
    (PROGRAM_1, "&[Box<dyn Draw>]", "&[dyn Draw]"),
    (PROGRAM_1, "let rest = &values[1..];", "let rest = values[1..];"),
    (WORKERS, "&[Box<dyn Shape>]", "&[dyn Shape]"),
    (WORKERS, "fn largest(items: &[i32])", "fn largest(items: [i32])"),
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
