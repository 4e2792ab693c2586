"""Declarations with a slip in their name."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.misdeclared import propose

RESTORED = {
    "a local used twice": "pub fn f(n: u32) -> u32 { let «doubled¦dobuled» = n * 2; doubled + doubled }",
    "a parameter": "pub fn f(«amount¦amout»: u32) -> u32 { if amount > 3 { amount } else { 0 } }",
    "a field": """pub struct Size { pub «width¦widht»: u32 }
pub fn area(s: &Size) -> u32 { s.width * s.width }
""",
    "a function called in two places": """fn «normalise¦normlise»(n: u8) -> u8 { n / 2 }
pub fn both(a: u8, b: u8) -> (u8, u8) { (normalise(a), normalise(b)) }
""",
    "a variant": """pub enum Level { High, «Medium¦Meduim» }
pub fn low() -> [Level; 2] { [Level::Medium, Level::High] }
pub fn is(l: &Level) -> bool { matches!(l, Level::Medium) }
""",
    "a constant whose name the comments know": """/// At most CAPACITY of them.
const «CAPACITY¦CAPACTIY»: usize = 4;
pub fn full(n: usize) -> bool { n == CAPACITY }
""",
    "a method, beside constants of that name": """pub struct A(u8);
impl A {
    const CAPACITY: u8 = 4;
    pub fn «capacity¦capaity»(&self) -> u8 { Self::CAPACITY - self.0 }
    pub fn full(&self) -> bool { self.capacity() == 0 }
}
pub mod one { pub const CAPACITY: u8 = 1; }
pub mod two { pub const CAPACITY: u8 = 2; }
pub fn f(a: &A) -> u8 { a.capacity() }
""",
    "a method, beside another type that has it right": """pub struct A(u8);
pub struct B(u8);
impl A { pub fn capacity(&self) -> u8 { self.0 } }
impl B {
    pub fn «capacity¦capaity»(&self) -> u8 { self.0 }
    pub fn full(&self, n: u8) -> bool { n == self.capacity() || n > self.capacity() }
}
""",
    "a field that a literal takes from a local": """pub struct Pool { pub «sender¦senders»: u32, pub size: u32 }
pub fn f() -> Pool { let (sender, size) = (1, 2); Pool { sender, size } }
""",
    "a field that a literal and a pattern name": """pub struct Person { pub «name¦names»: String, pub age: u8 }
pub fn f() -> u8 { let p = Person { name: String::new(), age: 3 }; let Person { name, age } = p; age + name.len() as u8 }
""",
    "a type that is exported": """mod casing {
    pub struct «AsCamelCase¦AsCamelCase2»(pub u8);
    pub fn f() -> AsCamelCase { AsCamelCase(1) }
}
pub use casing::{f, AsCamelCase};
""",
}
SILENT = [
    "pub fn f() -> u8 { nothing_like_it }",
    "pub fn f(count: u8) -> u8 { let other = count; other + countt }\npub fn g(count: u8) -> u8 { count }",
    "pub fn f(n: u8) -> u16 { n }",
    "use std::colections::HashMap;\npub fn f() {}",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_is_used_elsewhere_keeps_its_name(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
