"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.type_positions import propose

RESTORED = {
    "impl let": """
fn main() {
    let it«¦: impl Iterator<Item = u32>» = vec![1u32, 2].into_iter();
    for x in it { println!("{}", x); }
}
""",
    "impl field": """
struct App { run: «Box<dyn Fn(u32) -> u32>¦impl Fn(u32) -> u32» }
fn main() { let a = App { run: Box::new(|x| x + 1) }; println!("{}", (a.run)(1)); }
""",
    "trait assoc": """
trait Unit { type Out; fn get(&self) -> Self::Out; }
struct M;
impl Unit for M { type Out = u32; fn get(&self) -> u32 { 1 } }
fn f(m: &M) -> «<M as Unit>::Out¦Unit::Out» { m.get() }
fn main() { println!("{}", f(&M)); }
""",
    "swapped impl": """
trait Speak { fn hi(&self); }
struct Dog;
impl «Speak for Dog¦Dog for Speak» { fn hi(&self) { println!("wuff"); } }
fn main() { Dog.hi(); }
""",
    "variant type": """
#[derive(Debug)]
enum Shape { Circle(f64), Square(f64) }
fn big() -> «Shape¦Shape::Circle» { Shape::Circle(9.0) }
fn main() { println!("{:?} {:?}", big(), Shape::Square(1.0)); }
""",
    "variant type param": """
enum Shape { Circle(f64), Square(f64) }
fn area(s: &«Shape¦Shape::Circle») -> f64 { match s { Shape::Circle(r) => r * r * 3.0, Shape::Square(a) => a * a } }
fn main() { println!("{}", area(&Shape::Square(1.0))); }
""",
    "impl struct": """
struct Conf { n: u8 }
fn f(c: &«¦impl »Conf) -> u8 { c.n }
fn main() { println!("{}", f(&Conf { n: 1 })); }
""",
    "transmute": """
fn main() {
    let x: [u8; «4¦8»] = unsafe { std::mem::transmute(1u32) };
    println!("{:?}", x);
}
""",
    "private leak": """
mod m {
    «pub ¦»struct Inner(pub u8);
    pub trait T { type Out; }
    pub struct S;
    impl T for S { type Out = Inner; }
}
fn main() { let _s = m::S; }
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
