"""Associated items that a type does not have: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import BASKET, STORE

from rusta_cargo.repair.proposers.associated import propose

PROGRAM_1 = """\
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Color {
    #[default]
    Red,
    Green,
    Custom(u8, u8),
}

#[derive(Debug, Default)]
struct Pixel {
    color: Color,
    x: usize,
}

impl Pixel {
    const SIZE: usize = 4;

    fn new(color: Color, x: usize) -> Self {
        Pixel { color, x }
    }

    fn origin() -> Self {
        Pixel::default()
    }
}

fn main() {
    let a = Pixel::new(Color::Green, 1);
    let b = Pixel::origin();
    let words: Vec<String> = Vec::with_capacity(2);
    println!("{:?} {:?} {} {}", a, b, Pixel::SIZE, words.len());
    println!("{:?} {:?} {}", Color::Custom(1, 2), Color::Red, a.x);
    println!("{:?}", a.color == Color::Green);
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "Pixel::new(", "Pixel::create("),
    (PROGRAM_1, "Pixel::origin()", "Pixel::orgin()"),
    (PROGRAM_1, "Pixel::SIZE", "Pixel::SISE"),
    (PROGRAM_1, "Color::Custom(1, 2)", "Color::Costum(1, 2)"),
    (PROGRAM_1, "Vec::with_capacity(2)", "Vec::with_capasity(2)"),
    (PROGRAM_1, "#[derive(Debug, Default)]\nstruct Pixel", "#[derive(Debug)]\nstruct Pixel"),
    (BASKET, "Clone, Default)]", "Clone)]"),
    (BASKET, 'Item::new("pear", 3)', 'Item::create("pear", 3)'),
    (BASKET, 'Item::new("pear", 3)', 'Item::nwe("pear", 3)'),
    (BASKET, "Kind::Fruit, Kind::Tool]", "Kind::Friut, Kind::Tool]"),
    (STORE, "Unit::Piece, amount, price", "Unit::Pieces, amount, price"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'fn main() {\n    let n = vec![1].lenght();\n    println!("{n}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])
