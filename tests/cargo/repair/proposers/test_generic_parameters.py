"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.generic_parameters import propose

RESTORED = {
    "dup generic": """
struct Pair<A, «B¦A»> { a: A, b: B }
fn main() {
    let p = Pair { a: 1, b: "x" };
    println!("{} {}", p.a, p.b);
}
""",
    "unused param": """
struct P«¦<T>» { x: u8 }
impl«¦<T>» P«¦<T>» {
    fn get(&self) -> u8 { self.x }
}
fn main() { println!("{}", P { x: 1 }.get()); }
""",
    "unused life": """
struct P«¦<'a>» { x: u8 }
fn f(p: &P«¦<'_>») -> u8 { p.x }
fn main() { println!("{}", f(&P { x: 1 })); }
""",
    "alias param": """
type Grid«¦<T>» = Vec<Vec<u8>>;
fn f(g: &Grid«¦<u8>») -> usize { g.len() }
fn main() { println!("{}", f(&vec![])); }
""",
    "drop special": """
struct P<T> { a: T }
impl«<T>¦» Drop for P<«T¦u32»> {
    fn drop(&mut self) { println!("drop"); }
}
fn main() { let p = P { a: 1u32 }; println!("{}", p.a); }
""",
    "drop bound": """
struct P<T«: std::fmt::Debug¦»> { a: T }
impl<T: std::fmt::Debug> Drop for P<T> {
    fn drop(&mut self) { println!("{:?}", self.a); }
}
fn main() { let p = P { a: 1u32 }; println!("{}", p.a); }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f(x: String) -> (String, String) { let y = x; (x, y) }",
    "pub fn f(a: &str, b: &str) -> &str { if a.len() > b.len() { a } else { b } }",
    "pub fn f(x: Option<u8>) -> u8 { match x { Some(n) => n } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_it_keeps_what_every_proposer_must() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
