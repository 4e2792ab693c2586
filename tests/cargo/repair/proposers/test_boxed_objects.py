"""Bare trait objects where a value of known size must stand."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.boxed_objects import propose

ANIMALS = """pub trait Animal { fn name(&self) -> String; }
pub struct Dog;
pub struct Cat;
impl Animal for Dog { fn name(&self) -> String { "d".into() } }
impl Animal for Cat { fn name(&self) -> String { "c".into() } }
"""
RESTORED = {
    "a field and a parameter": ANIMALS
    + """pub struct Zoo { all: Vec<«Box<dyn Animal>¦dyn Animal»> }
impl Zoo { pub fn add(&mut self, a: «Box<dyn Animal>¦dyn Animal») { self.all.push(a); } }
""",
    "a list of values": ANIMALS
    + """pub fn f() -> String {
    let all: Vec<«Box<dyn Animal>¦dyn Animal»> = vec![«Box::new(Dog)¦Dog», «Box::new(Cat)¦Cat»];
    all[0].name()
}
""",
    "not those behind a pointer": ANIMALS
    + """pub fn f(all: Vec<«Box<dyn Animal>¦dyn Animal»>, one: &dyn Animal, other: Box<dyn Animal>) -> usize {
    all.len() + one.name().len() + other.name().len()
}
""",
}
SILENT = [
    "pub fn f(a: [u8]) -> usize { a.len() }",
    "pub fn f(s: str) {}",
    "pub trait T {}\npub fn f(t: &dyn T) -> Vec<T> { vec![] }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
