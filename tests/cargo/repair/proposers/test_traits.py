"""Traits that a type does not have: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import BASKET, GEOMETRY, STORE, WORKERS

from rusta_cargo.repair.proposers.traits import propose

# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (GEOMETRY, "u32::from(*b)", "u32::from(b)"),
    (BASKET, "Eq, Hash)]", "Eq)]"),
    (BASKET, "#[derive(Debug, Clone, PartialEq, Eq, Hash)]", "#[derive(Debug, Clone)]"),
    (BASKET, "#[derive(Debug, Clone, Default)]", "#[derive(Clone, Default)]"),
    (BASKET, "#[derive(Debug)]\nenum App", "enum App"),
    (BASKET, "show(item)", "show(&item)"),
    (WORKERS, "impl<T: Clone> Stack<T>", "impl<T> Stack<T>"),
    (STORE, "File::open(path)?", "File::open(path)"),
    (
        STORE,
        "#[derive(Debug, Clone, PartialEq)]\npub struct Sku",
        "#[derive(Clone, PartialEq)]\npub struct Sku",
    ),
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
