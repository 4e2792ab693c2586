"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.format_braces import propose

RESTORED = {
    "fmt brace": """
fn main() {
    let x = 1;
    println!("{«¦{»}", x);
}
""",
    "fmt unmatched": """
fn main() {
    let x = 1;
    println!("{«}¦»", x);
}
""",
    "fmt unmatched2": """
fn main() {
    let x = 1;
    println!("{«}¦»  is the value", x);
}
""",
    "fmt field": """
struct P { x: i32 }
fn main() {
    let p = P { x: 1 };
    println!("{«}", p.x¦p.x}"»);
}
""",
    "fmt expr": """
fn main() {
    let v = vec![1];
    println!("{«}", v.len()¦v.len()}"»);
}
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
