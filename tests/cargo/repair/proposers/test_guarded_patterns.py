"""Values where a pattern must stand."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.guarded_patterns import propose

RESTORED = {
    "texts": """pub fn f(s: String) -> u8 {
    match «s.as_str()¦s» {
        «"a"¦String::from("a")» | «"c"¦String::from("c")» => 1,
        «"b"¦String::from("b")» if s.len() > 3 => 2,
        _ => 3,
    }
}
""",
    "a borrowed field": """pub struct S { name: String }
pub fn f(s: &S) -> u8 { match «s.name.as_str()¦&s.name» { «"x"¦String::from("x")» => 1, _ => 3 } }
""",
    "a call": """fn limit(n: u32) -> u32 { n }
pub fn f(n: u32) -> u8 { match n { «other if other == limit(7)¦limit(7)» => 1, _ => 3 } }
""",
    "a call before a guard": """fn limit() -> u32 { 7 }
pub fn f(n: u32, k: u8) -> u8 {
    match n {
        «other if other == limit() && (k > 2 || k < 1)¦limit() if k > 2 || k < 1» => 1,
        _ => 3,
    }
}
""",
    "constants of a parameter": """pub trait Id { const ID: u32; const OTHER: u32; }
pub fn f<T: Id>(n: u32) -> bool {
    match n { «other if other == T::ID || other == T::OTHER¦T::ID | T::OTHER» => true, _ => false }
}
""",
    "a function that is not called": """pub struct T;
impl T { fn most() -> u32 { 0 } }
pub fn f(n: u32) -> bool { match n { «other if other == T::most()¦T::most» => true, _ => false } }
""",
    "if let": """pub fn f(n: String) -> bool { if «n == "x"¦let String::from("x") = n» { true } else { false } }
""",
}
SILENT = [
    "pub enum E { A(u8), B }\npub fn f(e: E) -> u8 { match e { E::A => 1, E::B => 2 } }",
    "pub struct T;\nimpl T { fn of(&self) -> u32 { 0 } }\npub fn f(n: u32) -> bool { match n { T::of => true, _ => false } }",
    "fn wrap(n: u32) -> u32 { n }\npub fn f(n: u32) -> u32 { match n { wrap(inner) => inner, _ => 3 } }",
    "pub fn f(n: u32) -> u8 { match n { missing => 1 } + unknown }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
