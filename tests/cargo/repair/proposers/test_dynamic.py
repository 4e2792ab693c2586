"""Traits that cannot be trait objects: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.dynamic import propose

PROGRAM_1 = """\
trait Visitor {
    fn visit(&mut self, n: u32);
    fn visit_all<I: Iterator<Item = u32>>(&mut self, items: I) where Self: Sized {
        for item in items {
            self.visit(item);
        }
    }
}

struct Sum(u32);

impl Visitor for Sum {
    fn visit(&mut self, n: u32) {
        self.0 += n;
    }
}

fn once(visitor: &mut dyn Visitor) {
    visitor.visit(1);
}

fn main() {
    let mut sum = Sum(0);
    once(&mut sum);
    sum.visit_all(0..3);
    println!("{}", sum.0);
}
"""
PROGRAM_2 = """\
trait Plugin {
    fn name(&self) -> String;
}

trait Host {
    fn run(&self, plugin: &dyn Plugin) -> usize;
}

struct Simple;

impl Plugin for Simple {
    fn name(&self) -> String {
        "simple".to_string()
    }
}

impl Host for Simple {
    fn run(&self, plugin: &dyn Plugin) -> usize {
        plugin.name().len()
    }
}

fn main() {
    println!("{}", Simple.run(&Simple));
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, " where Self: Sized {", " {"),
    (PROGRAM_2, "trait Plugin {", "trait Plugin: Sized {"),
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
