"""Implementations of the wrong form: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.impl_rules import propose

PROGRAM_1 = """\
struct Handle {
    id: u32,
}

impl Drop for Handle {
    fn drop(&mut self) {
        println!("closing {}", self.id);
    }
}

#[derive(Debug, Clone)]
struct Label {
    text: String,
}

#[derive(Debug, Clone, Copy)]
struct Size {
    width: u32,
}

#[derive(Debug, Clone, Copy)]
struct Frame {
    size: Size,
}

unsafe trait Zeroable {}

unsafe impl Zeroable for Size {}

trait Named {
    fn name(&self) -> String;
}

impl Named for Label {
    fn name(&self) -> String {
        self.text.clone()
    }
}

impl Label {
    fn parse<T: std::str::FromStr>(&self) -> Option<T> {
        self.text.parse().ok()
    }
}

fn main() {
    let handle = Handle { id: 1 };
    let label = Label { text: "7".to_string() };
    let frame = Frame { size: Size { width: 3 } };
    let copy = frame;
    println!("{} {:?} {:?} {}", handle.id, label, copy, frame.size.width);
    println!("{:?} {}", label.parse::<u8>(), label.name());
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (
        PROGRAM_1,
        "#[derive(Debug, Clone)]\nstruct Label",
        "#[derive(Debug, Clone, Copy)]\nstruct Label",
    ),
    (PROGRAM_1, "#[derive(Debug, Clone, Copy)]\nstruct Size", "#[derive(Debug)]\nstruct Size"),
    (PROGRAM_1, "unsafe impl Zeroable", "impl Zeroable"),
    (PROGRAM_1, "impl Named for Label", "unsafe impl Named for Label"),
    (
        PROGRAM_1,
        "impl Label {\n    fn parse<T: std::str::FromStr>(",
        "impl<T: std::str::FromStr> Label {\n    fn parse(",
    ),
    (PROGRAM_1, "impl Named for Label", "impl<T> Named for Label"),
    (PROGRAM_1, "impl Label {", "unsafe impl Label {"),
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
