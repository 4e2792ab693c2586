"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.formatting import propose

RESTORED = {
    "the comma behind the destination": """
use std::fmt;
pub struct Id(u8);
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f«,¦» "no {} of {}", self.0, 1) }
}
""",
    "fmt missing arg": """
fn main() {
    let a = 1;
    let b = 2;
    println!("{} {}", a«, b¦»);
    println!("{}", b);
}
""",
    "fmt extra arg": """
fn main() {
    let a = 1;
    let b = 2;
    println!("{}«: {}¦:»", a, b);
}
""",
    "fmt no literal": """
fn main() {
    let s = String::from("x");
    println!(«"{}", ¦»s);
}
""",
    "fmt no literal expr": """
fn main() {
    let x = 5;
    println!(«"{}", ¦»x + 1);
}
""",
    "fmt index": """
fn main() {
    let x = 5;
    println!("{0} {«0¦1»}", x);
}
""",
    "fmt printf2": """
fn main() {
    let x = 5;
    println!("«{}¦%d» is", x);
}
""",
    "assert two": """
fn main() { let a = 1; «assert_eq¦assert»!(a, 1); }
""",
    "write no dst": """
use std::fmt;
struct A(u8);
impl fmt::Display for A {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(«f, ¦»"{}", self.0)
    }
}
fn main() { println!("{}", A(1)); }
""",
    "n fmt nested": """
fn main() {
    let name = "x";
    let n = 3;
    println!("{}", format!("{}-{}", name«, n¦»));
    println!("{}", n);
}
""",
    "n fmt self": """
struct P { x: i32, y: i32 }
impl std::fmt::Display for P {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "({}, {})", self.x«, self.y¦»)
    }
}
fn main() { println!("{}", P { x: 1, y: 2 }); }
""",
    "n fmt captured": """
struct U { name: String }
impl U { fn hi(&self) -> String { format!("hi {name}"«, name = self.name¦») } }
fn main() { println!("{}", U { name: "a".into() }.hi()); }
""",
    "n fmt width": """
fn main() { let w = 3; let x = 1.5; println!("{:>w$.2} {}", x«, w¦»); }
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
