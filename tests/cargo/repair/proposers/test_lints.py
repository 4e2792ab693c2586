"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lints import propose

RESTORED = {
    "forbidden and allowed": """#![«deny¦forbid»(unsafe_code)]
#[allow(unsafe_code)]
pub fn f() -> u8 { 1 }
""",
    "lint dead code": """
#![deny(dead_code)]
fn «_helper¦helper»() -> u8 { 1 }
fn main() {}
""",
    "lint dead const": """
#![deny(warnings)]
const «_MAX¦MAX»: u8 = 1;
fn main() {}
""",
    "lint dead field": """
#![deny(dead_code)]
struct P { a: u8, «_b¦b»: u8 }
fn main() { let p = P { a: 1, «_b¦b»: 2 }; println!("{}", p.a); }
""",
    "lint must use try": """
#![deny(unused_must_use)]
fn f() -> Result<u8, String> { Ok(1) }
fn main() -> Result<(), String> {
    f()«?¦»;
    Ok(())
}
""",
    "lint snake": """
#![deny(non_snake_case)]
fn «my_function¦myFunction»(«my_arg¦myArg»: u8) -> u8 { «my_arg¦myArg» + 1 }
fn main() {
    println!("{}", «my_function¦myFunction»(1));
}
""",
    "lint camel": """
#![deny(non_camel_case_types)]
struct «MyType¦my_type» { a: u8 }
impl «MyType¦my_type» { fn new() -> «MyType¦my_type» { «MyType¦my_type» { a: 1 } } }
fn main() {
    println!("{}", «MyType¦my_type»::new().a);
}
""",
    "lint upper": """
#![deny(non_upper_case_globals)]
const «MAX_SIZE¦maxSize»: u8 = 1;
fn main() {
    println!("{}", «MAX_SIZE¦maxSize»);
}
""",
    "lint field snake": """
#![deny(non_snake_case)]
struct P { «my_x¦myX»: u8 }
fn main() {
    let p = P { «my_x¦myX»: 1 };
    println!("{}", p.«my_x¦myX»);
}
""",
    "lint unreachable": """
#![deny(unreachable_code)]
fn f() -> u8 {
    return 1;
«¦    println!("never");
»}
fn main() { f(); }
""",
    "lint unused assign": """
#![deny(unused_assignments)]
fn main() {
    let mut x = 1;
    println!("{}", x);
«¦    x = 2;
»}
""",
    "lint overflow": """
fn main() {
    let x: u«16¦8» = 256;
    println!("{}", x);
}
""",
    "lint recursion": """
#![deny(unconditional_recursion)]
struct A(u8);
impl A { fn get(&self) -> u8 { self.«0¦get()» } }
fn main() { println!("{}", A(1).get()); }
""",
    "lint compare": """
#![deny(unused_comparisons)]
fn main() { let x = 1u8; println!("{}", x >«¦=» 0); }
""",
    "lint unused labels": """
#![deny(unused_labels)]
fn main() { «¦'a: »loop { break; } }
""",
    "n lint missing docs2": """
//! Docs.
#![deny(missing_docs)]
/// E.
pub enum Color {
    /// Red.
    Red,
«    /// Dark blue.
¦»    DarkBlue,
}
""",
    "n lit out of range": """
fn main() { let xs: [u«16¦8»; 3] = [1, 300, 2]; println!("{:?}", xs); }
""",
    "a documented function among public ones": """#![deny(dead_code)]
/// A buffer.
pub struct Buffer(u8);
impl Buffer {
    /// Its size.
    pub fn size(&self) -> u8 { self.0 }
    /// Whether it holds nothing.
    «pub ¦»fn is_empty(&self) -> bool { self.0 == 0 }
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
