"""Loops and indices: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import BASKET, CONFIG, GEOMETRY, STORE, WORKERS

from rusta_cargo.repair.proposers.iteration import propose

# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (GEOMETRY, "v[i as usize]", "v[i]"),
    (CONFIG, "n: usize) -> &String", "n: u32) -> &String"),
    (BASKET, "values[index as usize]", "values[index]"),
    (BASKET, "from as usize..to as usize", "from..to"),
    (BASKET, "for i in 0..basket.items.len()", "for i in basket.items.len()"),
    (BASKET, ".chars().rev()", ".rev()"),
    (WORKERS, "for i in 0..n {", "for i in n {"),
    (STORE, "counts[v as usize]", "counts[v]"),
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


@pytest.mark.parametrize("end", ["..n", "..=n", ".."])
def test_a_range_without_a_beginning_begins_at_0(end: str) -> None:
    whole = f"pub fn f(n: u32) -> u32 {{ for i in 0{end} {{ if i > n {{ return i; }} }} 0 }}\n"
    assert_fixed(propose, whole.replace("in 0..", "in .."), whole)
