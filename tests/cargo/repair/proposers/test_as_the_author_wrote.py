"""Mistakes of one word whose traces tell what the author wrote, for proposers that have further answers to them."""

from __future__ import annotations

from importlib import import_module

import pytest
from conformance import assert_restored

RESTORED = {
    ("lifetimes", "a lifetime of an impl"): """pub struct Walk<'a> { pub left: &'a [u8] }
impl«<'a>¦» Iterator for Walk<'a> {
    type Item = u8;
    fn next(&mut self) -> Option<u8> { None }
}
""",
    ("delimiters", "a brace typed twice"): """pub fn f() -> u8 { 1 }«¦}»
pub fn g() {}
""",
    ("delimiters", "a parenthesis typed twice"): """pub fn f(high: u64, low: u64) -> u128 {
    ((high as u128)«¦)» << 64) + low as u128
}
""",
    ("delimiters", "a group that is called upon"): """pub fn f(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).step_by(2).zip((0..n«)¦».skip(1).step_by(2))
}
""",
    ("delimiters", "the head of a function"): """fn main()« {¦»
fn inner(n: u8) -> u8 { n }
println!("{}", inner(1));
}
""",
    ("generic_arguments", "parameters that all calls give"): """pub fn size«<T>¦»() -> usize { 8 }
pub fn f() -> usize { size::<u8>() + size::<u16>() }
""",
    ("lost_generics", "the parameters of an alias"): """use std::collections::HashMap;
pub type Map«<K, V>¦» = HashMap<K, V>;
""",
    ("owners_elsewhere", "the path of a macro"): """pub fn f() -> (u32, u32) { (core::line!(), core::line!()) }
mod m {
    macro_rules! two { () => { 2 } }
    pub(crate) use two;
}
pub fn g() -> u8 { m::two!() + «m::¦»two!() }
""",
    ("return_types", "by an alias"): """pub struct Fault;
pub type Result<T> = std::result::Result<T, Fault>;
fn one(n: u8) -> Result<u8> { if n > 0 { Ok(n) } else { Err(Fault) } }
fn two(n: u8)« -> Result<u8>¦» { one(n).and_then(|n| one(n / 2)) }
pub fn f(n: u8) -> Result<u8> { two(n) }
""",
    ("declared_results", "behind a pointer"): """pub enum E { A = 1, B }
impl E { pub fn number(&self) -> «u8¦u32» { unsafe { *(self as *const Self as *const u8) } } }
""",
    ("declared_results", "a cast at the end"): """pub fn number(of: *const u8) -> «usize¦u32» { of as usize }
""",
    ("shortened", "the alias of a module"): """use std::io::{self, Read};
pub struct All(pub Vec<u8>);
impl Read for All {
    fn read(&mut self, to: &mut [u8])« -> io::Result<usize>¦» { self.0.as_slice().read(to) }
}
""",
    ("visibility", "plain in a small tree"): """mod cool { «pub ¦»fn one() -> u8 { 1 } }
mod warm { pub fn two() -> u8 { 2 } }
pub fn f() -> u8 { cool::one() + warm::two() }
""",
    ("inner_modules", "from the root"): """pub mod helper { pub fn h() {} }
pub mod a { use crate::helper; pub fn g() { helper::h() } }
pub mod b {
    «use crate::helper;

    ¦»pub fn g() { helper::h() }
}
""",
    ("delimiters", "words that grew together"): """pub fn f(n: Result<u8, u8>) -> u8 {
    match n {
        Ok«(¦»n) => n,
        Err(e) => e,
    }
}
""",
    ("assigned_through", "a raw pointer"): """pub unsafe fn f(p: *mut i32) { unsafe { «*¦»p += 1; } }
""",
    ("names", "a module that is imported"): """use std::thread;
pub fn f() { «thread¦therad»::yield_now(); thread::yield_now(); }
""",
    (
        "names",
        "the root of a path",
    ): """pub struct Mark { a: «core::¦»marker::PhantomData<(u8, core::marker::PhantomPinned)> }
""",
    ("misdeclared", "a name of a family"): """pub fn f(x_lo: u64, y_lo: u64, m: u64) -> u64 {
    let «m_lo¦ml_o» = m & 3;
    x_lo + y_lo * m_lo
}
""",
    ("moves_out", "a place that is changed later"): """pub fn f(list: &mut Vec<Option<String>>) -> Option<String> {
    let slot = «&mut ¦»list[0];
    slot.take()
}
""",
    ("question", "what the end gives"): """use std::io::{self, Read};
pub fn f(mut from: impl Read)« -> Result<String, io::Error>¦» {
    let mut text = String::new();
    from.read_to_string(&mut text)?;
    Ok(text)
}
""",
    ("tokens", "a typed local"): """pub fn f(n: &u8) -> *const u8 {
    «let ¦»p: *const u8 = n;
    p
}
""",
}


@pytest.mark.parametrize(("proposer", "what"), RESTORED)
def test_the_text_comes_back(proposer: str, what: str) -> None:
    propose = import_module(f"rusta_cargo.repair.proposers.{proposer}").propose
    assert_restored(propose, RESTORED[proposer, what])
