"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.constants import propose

RESTORED = {
    "const fn": """
«const ¦»fn area(w: u32) -> u32 { w * 2 }
const A: u32 = area(3);
fn main() { println!("{}", A); }
""",
    "const fn assoc": """
struct P(u32);
impl P { pub «const ¦»fn new(x: u32) -> P { P(x) } }
static A: P = P::new(3);
fn main() { println!("{}", A.0); }
""",
    "const string": """
static A: «&str¦String» = «"x"¦String::from("x")»;
fn main() { println!("{}", A); }
""",
    "const vec": """
const A: «&[u8]¦Vec<u8>» = «&¦vec!»[1, 2];
fn main() { println!("{:?}", A); }
""",
    "lazy": """
use std::collections::HashMap;
static M: «std::sync::LazyLock<¦»HashMap<u8, u8>«>¦» =
    «std::sync::LazyLock::new(|| ¦»HashMap::from([(1, 1)])«)¦»;
fn main() { println!("{:?}", M.get(&1)); }
""",
    "const overflow": """
const A: u«16¦8» = 200 + 100;
fn main() { println!("{}", A); }
""",
    "const index": """
const T: [u8; 3] = [1, 2, 3];
const A: u8 = T[«2¦3»];
fn main() { println!("{}", A); }
""",
    "const for": """
const fn sum(n: u32) -> u32 {
    let mut t = 0;
    «let mut i = 0;
    while i < n { t += i; i += 1; }¦for i in 0..n { t += i; }»
    t
}
const A: u32 = sum(3);
fn main() { println!("{}", A); }
""",
    "n const array len": """
«const ¦»fn size() -> usize { 4 }
fn main() { let a = [0u8; size()]; println!("{:?}", a); }
""",
    "n static string vec": """
static NAMES: «&[&str]¦Vec<String>» = «&[¦vec![»"a"«, ¦.to_string(), »"b"«¦.to_string()»];
fn main() { for n in NAMES.iter() { println!("{}", n); } }
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
