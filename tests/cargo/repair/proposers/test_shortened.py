"""Suggestions with shorter paths: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import STORE, WORKERS

from rusta_cargo.repair.proposers.shortened import propose

PROGRAM_1 = """\
use std::fmt;
use std::hash::Hash;
use std::collections::HashSet;

fn shown<T: fmt::Debug>(value: T) -> String {
    format!("{:?}", value)
}

fn twice<T: Clone>(value: &T) -> (T, T) {
    (value.clone(), value.clone())
}

fn distinct<T: Eq + Hash>(values: Vec<T>) -> usize {
    values.into_iter().collect::<HashSet<T>>().len()
}

fn main() {
    println!("{} {:?} {}", shown(1), twice(&2), distinct(vec![1, 1]));
}
"""
COUNTED = """\
use std::rc::Rc;

fn both(name: &str) -> (Rc<String>, Rc<String>) {
    let one = Rc::new(name.to_string());
    let two = Rc::clone(&one);
    (one, two)
}

fn main() {
    let (a, b) = both("a");
    let c = Rc::clone(&a);
    println!("{a}{b}{c}");
}
"""
PROJECTED = """\
fn first<T: IntoIterator>(values: T) -> Option<T::Item> {
    values.into_iter().next()
}

fn main() {
    println!("{:?}", first(vec![1]));
}
"""
RESULTS = """\
trait Sink {
    type Ok;
    type Error;
    fn byte(self, b: u8) -> Result<Self::Ok, Self::Error>;
    fn word(self, w: u16) -> Result<Self::Ok, Self::Error>;
    fn text(self, t: &str) -> Result<Self::Ok, Self::Error>;
}
struct Count;
impl Sink for Count {
    type Ok = usize;
    type Error = std::fmt::Error;
    fn byte(self, _: u8) -> Result<Self::Ok, Self::Error> { Ok(1) }
    fn word(self, w: u16) -> Result<Self::Ok, Self::Error> { Count.byte(w as u8) }
    fn text(self, t: &str) -> Result<Self::Ok, Self::Error> { Ok(t.len()) }
}

fn main() {
    println!("{:?}", Count.word(2).is_ok() && Count.text("a").is_ok());
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "<T: fmt::Debug>", "<T>"),
    (PROGRAM_1, "<T: Eq + Hash>", "<T: Eq>"),
    (WORKERS, "impl<T: Clone> Stack<T>", "impl<T> Stack<T>"),
    (COUNTED, "let two = Rc::clone(&one);", "let two = one;"),
    (STORE, "fn read_all<R: Read>", "fn read_all<R>"),
    (RESULTS, "w: u16) -> Result<Self::Ok, Self::Error> {", "w: u16) {"),
    (PROJECTED, " -> Option<T::Item>", ""),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let n: u8 = "a";\n    println!("{n}");\n}\n',
    'fn shown<T>(value: T) -> String {\n    format!("{:?}", value)\n}\n\nfn main() {\n    println!("{}", shown(1));\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])
