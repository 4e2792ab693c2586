"""Waiting where nothing can: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.awaiting import propose

PROGRAM_1 = """\
use std::future::Future;

async fn fetch(id: u32) -> u32 {
    id + 1
}

async fn both(a: u32, b: u32) -> u32 {
    fetch(a).await + fetch(b).await
}

pub async fn size(text: &str) -> usize {
    text.len()
}

fn length(text: &str) -> usize {
    text.len()
}

fn drive<F: Future<Output = u32>>(_future: F) {}

async fn report(text: &str) -> usize {
    size(text).await + length(text)
}

fn main() {
    drive(both(1, 2));
    let _ = report("x");
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "async fn both", "fn both"),
    (PROGRAM_1, "+ length(text)", "+ length(text).await"),
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
