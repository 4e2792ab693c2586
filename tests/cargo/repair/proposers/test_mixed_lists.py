"""Values of different types in one list."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.mixed_lists import propose

ANIMALS = """pub trait Animal { fn name(&self) -> String; }
pub struct Dog;
pub struct Cat { n: u8 }
impl Animal for Dog { fn name(&self) -> String { "d".into() } }
impl Animal for Cat { fn name(&self) -> String { "c".into() } }
"""
RESTORED = {
    "plain": ANIMALS
    + """pub fn f() -> String {
    let all«: Vec<Box<dyn Animal>>¦» = vec![«Box::new(Dog)¦Dog», «Box::new(Cat { n: 1 })¦Cat { n: 1 }»];
    all[0].name()
}
""",
    "boxed": ANIMALS
    + """pub fn f() -> String {
    let all«: Vec<Box<dyn Animal>>¦» = vec![Box::new(Dog), Box::new(Cat { n: 1 })];
    all[0].name()
}
""",
    "an array": ANIMALS
    + """pub fn f() -> String {
    let all«: [Box<dyn Animal>; 2]¦» = [«Box::new(Cat { n: 1 })¦Cat { n: 1 }», «Box::new(Dog)¦Dog»];
    all[1].name()
}
""",
}
SILENT = [
    'pub fn f() -> usize { let v = vec![1u8, "a"]; v.len() }',
    "pub struct A;\npub struct B;\npub fn f() -> usize { let v = [A, B]; v.len() }",
    ANIMALS + "pub fn f() { let v: Vec<Dog> = vec![Dog, Cat { n: 1 }]; }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
