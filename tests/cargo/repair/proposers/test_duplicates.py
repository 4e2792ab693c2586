"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.duplicates import propose

RESTORED = {
    "dup fn equal": """
struct Counter { n: u32 }
impl Counter {
    fn get(&self) -> u32 {
        self.n
    }
«¦    fn get(&self) -> u32 {
        self.n
    }
»}
fn main() {
    println!("{}", Counter { n: 1 }.get());
}
""",
    "dup free fn": """
fn area(w: u32, h: u32) -> u32 {
    w * h
}
«¦
fn area(w: u32, h: u32) -> u32 {
    w * h
}
»
fn main() {
    println!("{}", area(1, 2));
}
""",
    "dup use": """
use std::fmt;
«¦use std::fmt;
»use std::collections::HashMap;
fn main() {
    let m: HashMap<u32, u32> = HashMap::new();
    let f: Option<fmt::Error> = None;
    println!("{} {:?}", m.len(), f);
}
""",
    "dup use list": """
use std::collections::{HashMap, HashSet«¦, HashMap»};
fn main() {
    let m: HashMap<u32, HashSet<u8>> = HashMap::new();
    println!("{}", m.len());
}
""",
    "dup derive": """
#[derive(Debug, Clone«¦, Clone»)]
struct P { x: i32 }
fn main() {
    println!("{:?}", P { x: 1 }.clone());
}
""",
    "dup derive impl": """
#[derive(Debug«¦, Clone»)]
struct P { x: i32 }
impl Clone for P {
    fn clone(&self) -> Self {
        P { x: self.x }
    }
}
fn main() {
    println!("{:?}", P { x: 1 }.clone());
}
""",
    "dup struct": """
struct P { x: i32 }
«¦struct P { x: i32 }
»fn main() {
    println!("{}", P { x: 1 }.x);
}
""",
    "dup variant": """
enum E {
    A,
    B,
«¦    A,
»}
fn main() {
    let e = E::A;
    match e {
        E::A => {}
        E::B => {}
    }
}
""",
    "dup import local": """
use std::collections::HashMap«¦»;
mod a { pub struct Thing; }
«¦use a::Thing;
»
struct Thing { v: HashMap<u8, u8> }
fn main() {
    let _t = Thing { v: HashMap::new() };
    let _a = a::Thing;
}
""",
    "dup mod": """
mod util {
    pub fn f() -> u8 { 1 }
}
«¦mod util {
    pub fn f() -> u8 { 1 }
}
»
fn main() { println!("{}", util::f()); }
""",
    "dup const": """
const MAX: usize = 10;
const «MIN¦MAX»: usize = 1;
fn main() { println!("{} {}", MAX, MIN); }
""",
    "dup trait method": """
trait Shape { fn area(&self) -> f64; fn name(&self) -> String; }
struct Sq(f64);
impl Shape for Sq {
    fn area(&self) -> f64 { self.0 * self.0 }
    fn «name¦area»(&self) -> String { "sq".into() }
}
fn main() { let s = Sq(1.0); println!("{} {}", s.area(), s.name()); }
""",
    "two impls": """
struct A(u8);
impl std::fmt::Display for A {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}
«¦impl std::fmt::Display for A {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}
»fn main() { println!("{}", A(1)); }
""",
    "n dup impl method diff": """
pub struct Stack { items: Vec<i32> }
impl Stack {
    pub fn new() -> Self { Stack { items: Vec::new() } }
    pub fn push(&mut self, x: i32) { self.items.push(x); }
    pub fn «pop¦push»(&mut self) -> Option<i32> { self.items.pop() }
    pub fn len(&self) -> usize { self.items.len() }
}
fn main() { let mut s = Stack::new(); s.push(1); println!("{:?} {}", s.pop(), s.len()); }
""",
    "n dup derive partialeq": """
#[derive(Debug, Clone«¦, PartialEq», Eq)]
struct Money { cents: i64, unit: String }
impl PartialEq for Money {
    fn eq(&self, other: &Self) -> bool { self.cents == other.cents }
}
fn main() { let m = Money { cents: 1, unit: "a".into() }; println!("{:?} {}", m.clone(), m == m); }
""",
    "n dup default": """
#[derive(Debug«¦, Default»)]
struct Conf { port: u16 }
impl Default for Conf {
    fn default() -> Self { Conf { port: 80 } }
}
fn main() { println!("{:?}", Conf::default()); }
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
