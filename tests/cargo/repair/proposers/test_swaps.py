"""Arguments in the wrong order: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import GEOMETRY

from rusta_cargo.repair.proposers.swaps import propose

PROGRAM_1 = """\
fn repeat(text: &str, times: usize) -> String {
    text.repeat(times)
}

fn apply<F: Fn(i32) -> i32>(value: i32, f: F) -> i32 {
    f(value)
}

struct Range {
    low: f64,
    name: String,
}

impl Range {
    fn new(low: f64, name: String) -> Self {
        Range { low, name }
    }
}

fn main() {
    let range = Range::new(1.0, String::from("r"));
    println!("{} {} {}", repeat("ab", 2), apply(3, |x| x + 1), range.low);
    println!("{}", range.name);
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "apply(3, |x| x + 1)", "apply(|x| x + 1, 3)"),
    (GEOMETRY, "apply(|x| x + 1, 4)", "apply(4, |x| x + 1)"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let n: u8 = "a";\n    println!("{n}");\n}\n',
    'fn add(a: u32, b: u32) -> u32 {\n    a + b\n}\n\nfn main() {\n    println!("{}", add(1, "b"));\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])


def test_a_closure_and_the_value_beside_it() -> None:
    whole = "pub fn f(list: &[u8]) -> bool { list.iter().next().map_or(false, |p| *p > 1) }\n"
    assert_fixed(propose, whole.replace("false, |p| *p > 1", "|p| *p > 1, false"), whole)
