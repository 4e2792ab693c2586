"""Bindings that lost their ``ref``."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.bindings import propose

RESTORED = {
    "shared, behind self": """pub enum Side<L, R> { Left(L), Right(R) }
impl<L, R> Side<L, R> {
    pub fn left(&self) -> Option<&L> {
        match *self { Side::Left(«ref ¦»inner) => Some(inner), Side::Right(_) => None }
    }
}
""",
    "mutable, in an if let": """pub struct Slot { name: Option<String> }
fn shout(text: &mut String) { text.push('!'); }
pub fn run(slot: &mut Slot) {
    if let Some(«ref mut ¦»name) = slot.name { shout(name); }
}
""",
    "mut without ref": """fn bump(n: &mut Vec<u8>) { n.push(1); }
pub fn run(all: &mut [Option<Vec<u8>>]) {
    match all[0] { Some(«ref ¦»mut n) => bump(n), None => {} }
}
""",
    "both arms": """pub enum Either { A(String), B(String) }
impl Either {
    pub fn text(&self) -> Option<&String> {
        match *self { Either::A(«ref ¦»a) => Some(a), Either::B(«ref ¦»b) => Some(b) }
    }
}
""",
}
SILENT = [
    'pub fn f(x: Option<u8>) -> &\'static u8 { match x { Some(n) => n + "", None => &0 } }',
    "fn g(_: &String) {}\npub fn f(x: String) { g(x); }",
    "fn g(_: &u8) {}\npub fn f() { if let Some(n) = Some(1u8) { g(n); } }",
    "pub fn f(x: &(u8, u8)) -> u8 { let (a, b) = x; a }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_values_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
