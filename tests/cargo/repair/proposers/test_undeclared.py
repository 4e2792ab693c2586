"""Types and traits that are used and declared nowhere."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.undeclared import propose

RESTORED = {
    "a struct": """«struct Point { x: i32, y: f64, name: String }

¦»fn main() {
    let p = Point { x: 1, y: 2.5, name: String::from("a") };
    println!("{} {} {}", p.x, p.y, p.name);
}
""",
    "a trait": """pub struct A;
«trait Shape {
    const N: u8;
    fn area(&self) -> f64;
    fn named(self, n: u8) -> String;
}

¦»impl Shape for A {
    const N: u8 = 1;
    fn area(&self) -> f64 { 1.0 }
    fn named(mut self, n: u8) -> String { n.to_string() }
}
pub fn f(a: &A) -> f64 { a.area() }
""",
    "an enum": """«pub enum Colour { Red, Blue(u32) }

¦»pub fn f(n: u32) -> Colour { if n > 1 { Colour::Red } else { Colour::Blue(n) } }
""",
    "in a macro": """«pub struct Player { name: String, age: i32 }

¦»pub struct Team { pub who: Vec<Player> }
pub fn f() -> Team { Team { who: vec![Player { name: "a".to_string(), age: 3 }] } }
""",
}
SILENT = [
    "pub fn f() -> usize { let m: HashMap<u8, u8> = HashMap::new(); m.len() }",
    "mod m { pub struct Deep { pub n: u8 } }\npub fn f() -> u8 { Deep { n: 1 }.n }",
    "pub fn f(x: T) -> T { x }",
    "pub fn f() -> Thing { Thing::made(1) }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
