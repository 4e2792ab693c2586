"""Calls of associated functions that lost their type."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_owners import propose

RESTORED = {
    "a constructor": """pub struct Stack { v: Vec<u32> }
impl Stack { pub fn with_room(n: usize) -> Self { Stack { v: Vec::with_capacity(n) } } }
pub fn f() -> usize { let s = «Stack::¦»with_room(3); s.v.len() }
""",
    "in a macro": """#[derive(Debug)]
pub enum Mode { Fast, Slow }
impl Mode { fn parse(t: &str) -> Mode { if t == "f" { Mode::Fast } else { Mode::Slow } } }
pub fn f() { println!("{:?}", «Mode::¦»parse("f")); }
""",
    "the one that takes so many": """pub struct A(u8);
pub struct B(u8);
impl A { pub fn made() -> A { A(0) } }
impl B { pub fn made(n: u8) -> B { B(n) } }
pub fn f() -> u8 { «B::¦»made(4).0 + A::made().0 }
""",
}
SILENT = [
    "pub fn f() -> u8 { missing(1) }",
    "pub struct S;\nimpl S { pub fn of(&self) -> u8 { 1 } }\npub fn f() -> u8 { of(1) }",
    "pub struct S;\nimpl S { fn a() -> u8 { 1 }\n    pub fn b() -> u8 { a() } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
