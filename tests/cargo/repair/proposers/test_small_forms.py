"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.small_forms import propose

RESTORED = {
    "doc trailing": """
struct P {
    a: u8,
    «//¦///» the end
}
fn main() { println!("{}", P { a: 1 }.a); }
""",
    "doc fn end": """
fn main() {
    println!("x");
    «//¦///» done
}
""",
    "pub in": """
mod net {
    «pub(crate)¦pub(net)» fn f() -> u8 { 1 }
}
fn main() { println!("{}", net::f()); }
""",
    "union two": """
union U { a: u32, b: f32 }
fn main() { let u = U { a: 1«¦, b: 1.0» }; println!("{}", unsafe { u.a }); }
""",
    "base": """
#[derive(Default)]
struct P { a: u8, b: u8 }
fn main() { let p = P { a: 1, ..«Default::default()¦» }; println!("{}{}", p.a, p.b); }
""",
    "generic self": """
use std::ops::Deref;
struct P(u8);
impl P { fn get«¦<R: Deref<Target = Self>>»(«&self¦self: R») -> u8 { self.0 } }
fn main() { println!("{}", P(1).get()); }
""",
    "by value dyn": """
trait Shape { fn area(«&self¦self») -> f64; }
struct Sq(f64);
impl Shape for Sq { fn area(«&self¦self») -> f64 { self.0 * self.0 } }
fn main() { let b: Box<dyn Shape> = Box::new(Sq(2.0)); println!("{}", b.area()); }
""",
    "raw temp": """
fn main() {
    «let value = 2;
    ¦»let p = &raw const «value¦2»;
    println!("{:?}", p.is_null());
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
