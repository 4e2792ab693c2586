"""Patterns of another type than their value: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import GEOMETRY, LEVELS, SHAPES, STORE

from rusta_cargo.repair.proposers.pattern_types import propose

# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (GEOMETRY, "'a' => 1", '"a" => 1'),
    (GEOMETRY, "if let Some(a) =", "if let Ok(a) ="),
    (SHAPES, "line.as_str()", "line"),
    (SHAPES, "match c {\n        'x'", 'match c {\n        "x"'),
    (
        SHAPES,
        'Some(i) => println!("{i}"),\n        None',
        'Ok(i) => println!("{i}"),\n        Err(_)',
    ),
    (SHAPES, "while let Some(part)", "while let Ok(part)"),
    (SHAPES, "if let Err(e) = b.check()", "if let Some(e) = b.check()"),
    (SHAPES, "Kind::Circle => write", "Shape::Circle(_) => write"),
    (SHAPES, "let (a, b) = p;", "let (a, b, c) = p;"),
    (LEVELS, '0 => "zero"', 'Some(0) => "zero"'),
    (STORE, "Ok(n) => println", "Some(n) => println"),
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
