"""Traits that lost their ``dyn``."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, pair

from rusta_cargo.repair.proposers.bare_objects import propose

RESTORED = {
    "where others have it": """pub trait Scope { fn get(&self) -> u8; }
pub fn eval(scope: &dyn Scope) -> u8 { scope.get() }
pub fn run(scope: &«dyn ¦»Scope) -> u8 { eval(scope) }
""",
    "in a box": """pub trait Shape { fn area(&self) -> f64; }
pub struct All { shapes: Vec<Box<«dyn ¦»Shape>> }
impl All { pub fn total(&self) -> f64 { self.shapes.iter().map(|s| s.area()).sum() } }
""",
    "mutably lent": """pub trait Sink { fn put(&mut self, byte: u8); }
pub fn fill(sink: &mut «dyn ¦»Sink, many: u8) { for byte in 0..many { sink.put(byte); } }
""",
    "what a result holds": """use std::error::Error;
pub fn number(text: &str) -> Result<u8, «Box<dyn Error>¦Error»> { Ok(text.parse()?) }
""",
    "what a list holds": """pub trait Shape { fn area(&self) -> f64; }
pub fn total(all: &Vec<«Box<dyn Shape>¦Shape»>) -> f64 { all.iter().map(|one| one.area()).sum() }
""",
}
SILENT = [
    "pub trait A {} pub fn f() -> A { loop {} }",
    "pub trait A { fn new() -> Self; } pub fn f() { let _ = A::new(); }",
    "pub fn f(x: u8) -> u8 { x.missing() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_is_behind_no_pointer_is_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_a_lent_one_may_be_generic_as_well() -> None:
    (found,) = candidates(propose, "pub trait A { fn a(&self); } pub fn f(a: &A) { a.a() }")
    assert found.prior < 0.9


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
