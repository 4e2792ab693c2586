"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.captures import propose

RESTORED = {
    "capture": """
fn main() {
    let factor = 3;
    «let scale = |x: i32|¦fn scale(x: i32)» -> i32 {
        x * factor
    }«;¦»
    println!("{}", scale(2));
}
""",
    "capture2": """
fn main() {
    let mut total = 0;
    «let mut add = |x: i32|¦fn add(x: i32)» {
        total += x;
    }«;¦»
    add(2);
    println!("{}", total);
}
""",
    "capture rec": """
fn main() {
    let limit: u32 = 3;
    fn count(n: u32«, limit: u32¦») -> u32 {
        if n >= limit { n } else { count(n + 1«, limit¦») }
    }
    println!("{}", count(0«, limit¦»));
}
""",
    "outer generic": """
fn show<T: std::fmt::Debug>(x: T) {
    fn inner«<T: std::fmt::Debug>¦»(y: T) {
        println!("{:?}", y);
    }
    inner(x);
}
fn main() { show(1); }
""",
    "outer struct": """
fn wrap<T>(x: T) -> T {
    struct W«<T>¦»(T);
    let w = W(x);
    w.0
}
fn main() { println!("{}", wrap(1)); }
""",
    "self outside": """
struct P { x: u8 }
fn make(x: u8) -> «P¦Self» {
    P { x }
}
fn main() { println!("{}", make(1).x); }
""",
    "n inner struct": """
fn sort<T: Ord + Clone>(v: &[T]) -> Vec<T> {
    fn key«<T: Ord + Clone>¦»(x: &T) -> T { x.clone() }
    let mut out: Vec<T> = v.iter().map(key).collect();
    out.sort();
    out
}
fn main() { println!("{:?}", sort(&[2, 1])); }
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
