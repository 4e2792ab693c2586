"""Declarations with fields that no use knows."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.bare_uses import propose

RESTORED = {
    "a variant with a payload": """pub enum Fault { Name(String), Zero«¦(String)», }
pub fn shown(fault: &Fault) -> &str { match fault { Fault::Name(name) => name, Fault::Zero => "zero" } }
pub fn div(a: f64, b: f64) -> Result<f64, Fault> {
    if b == 0.0 { return Err(Fault::Zero); }
    Ok(a / b)
}
""",
    "a variant with named fields": """#[derive(Clone, Copy)]
pub enum Side { Left«¦ { depth: u8 }», Right }
impl Side {
    pub fn other(self) -> Side { match self { Side::Left => Side::Right, Side::Right => Side::Left } }
    pub fn is_left(self) -> bool { matches!(self, Side::Left) }
}
""",
    "a struct": """pub struct Marker«;¦(u8);»
pub fn one() -> Marker { Marker }
pub fn two() -> [Marker; 2] { [Marker, Marker] }
""",
}
SILENT = [
    "pub enum E { A(u8), B } pub fn f(e: E) -> u8 { match e { E::A => 1, E::B => 2 } }",
    "pub enum E { A(u8), B } pub fn f(e: E) -> E { match e { E::A => E::A(1), E::B => E::A(2) } }",
    "pub fn f(x: u8) -> u8 { x.missing() }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_is_used_with_fields_is_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
