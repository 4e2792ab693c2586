"""Mistakes of one word whose traces tell what the author wrote, for proposers that have further answers to them."""

from __future__ import annotations

from importlib import import_module

import pytest
from conformance import assert_restored, assert_silent

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
    (
        "tokens",
        "an arrow function",
    ): """pub fn f(list: &[u8]) -> Vec<u16> { list.iter().map(«|byte| ¦byte => »u16::from(*byte) << 1).collect() }
""",
    ("tokens", "two indices of one type"): """pub struct Board(pub [u8; 9]);
impl std::ops::Index<(usize, usize)> for Board {
    type Output = u8;
    fn index(&self, at: (usize, usize)) -> &u8 { &self.0[at.0 * 3 + at.1] }
}
pub fn f(board: &Board, row: usize) -> u8 { board[«(row, 2)¦row, 2»] }
""",
    ("tokens", "a call without its parentheses"): """pub fn twice(n: u8) -> u8 { n * 2 }
pub fn f(n: u8) -> u8 { u8::max(twice«(n)¦ n», 3) }
""",
    ("missing_fields", "what its only sibling does"): """pub struct Size { pub wide: f32, pub high: f32 }
impl Size { pub fn grown(&self, by: f32) -> Size { Size { wide: self.wide + by«, high: self.high + by¦» } } }
""",
    ("fields", "past the end of a tuple"): """pub fn f(pair: (u8, u8)) -> u8 { pair.0 - pair.«1¦2» }
""",
    ("fields", "the marker of a parameter"): """use std::marker::PhantomData;
pub struct Id<T> {
    pub number: u32,«
    pub of: PhantomData<T>,¦»
}
pub fn f() -> Id<String> { Id { number: 1, of: PhantomData } }
""",
    ("coercions", "a borrowed text as an owned one"): """use std::collections::HashMap;
pub fn f(ages: &HashMap<String, u8>) -> Option<&u8> { ages.get::<String>(&"ann"«.to_string()¦») }
""",
    ("associated_types", "the one that the impl declares"): """pub struct Even(pub u32);
impl TryFrom<u32> for Even {
    type Error = String;
    fn try_from(n: u32) -> Result<Self, Self::«Error¦Err»> { if n % 2 == 0 { Ok(Even(n)) } else { Err(n.to_string()) } }
}
""",
    ("tails", "what was taken apart just before"): """pub fn f<I: Iterator>(mut from: I, or: I::Item) -> I::Item {
    while let Some(item) = from.next() {
        return« item¦»;
    }
    or
}
""",
    ("missing_items", "the error that the body makes"): """pub enum Fault { Empty, Long(usize) }
pub struct Word(pub String);
impl std::str::FromStr for Word {
«    type Err = Fault;
¦»    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = text.split(' ').next().ok_or(Fault::Empty)?;
        if first.len() > 9 { return Err(Fault::Long(first.len())); }
        Ok(Word(first.to_string()))
    }
}
""",
    ("failed_lookups", "behind the alias of a result"): """pub enum Fault { End, Bad(u8) }
pub type Result<T> = std::result::Result<T, Fault>;
pub fn f(from: &mut impl Iterator<Item = u8>) -> Result<u8> {
    let byte = from.next()«.ok_or(Fault::End)¦»?;
    if byte > 9 { Err(Fault::Bad(byte)) } else { Ok(byte) }
}
""",
    ("iteration", "a field that is only an index"): """pub struct Cursor { pub list: Vec<u8>, pub at: «usize¦u32» }
impl Cursor {
    pub fn peek(&self) -> Option<&u8> { self.list.get(self.at) }
    pub fn here(&self) -> u8 { self.list[self.at] }
}
""",
    ("iteration", "a counter whose range was cast"): """pub fn f(a: &[f32], b: &[f32]) -> f32 {
    let mut sum = 0.0;
    for i in 0..a.len()«¦ as i32» { sum += a[i] * b[i]; }
    sum
}
""",
    ("constants", "declared as owned"): """pub static UNITS: «&[&str]¦Vec<&str>» = &["mm", "cm"];
""",
    ("trait_signatures", "by the name that is imported"): """use std::{future::Future, pin::Pin, task::{Context, Poll}};
pub struct Ready(pub u8);
impl Future for Ready {
    type Output = u8;
    fn poll(self: Pin<&mut Self>, _cx: «&mut Context¦&Context»<'_>) -> Poll<u8> { Poll::Ready(self.0) }
}
""",
    ("type_positions", "a constant for its type"): """pub const LIMIT: u64 = 10;
pub fn f() -> «u64¦LIMIT» { LIMIT * 2 }
""",
    ("misspelt_imports", "the name that is used"): """mod money { pub struct Cents(pub i64); }
use money::«Cents¦Cent»;
pub fn f(of: Cents) -> i64 { of.0 }
""",
    ("tokens", "an operator the wrong way round"): """pub fn f(list: &[u32]) -> u32 {
    let mut sum = 0;
    for n in list { sum «+=¦=+» n; }
    sum
}
""",
    ("tokens", "a pattern that may not match"): """pub fn f(text: &str) -> usize {
    let Some((_, tail)) = text.split_once(':')« else¦» {
        println!("{text}: {}", text.len());
        return 0;
    };
    tail.len()
}
""",
    ("coercions", "the text of a shared pointer"): """use std::rc::Rc;
pub fn f(name: &str) -> Rc<str> { Rc::«from¦new»(name) }
""",
    ("coercions", "what a box in an option holds"): """pub struct Chain { pub next: Option<Box<Chain>> }
impl Chain { pub fn after(&self) -> Option<&Chain> { self.next.«as_deref¦as_ref»() } }
""",
    ("coercions", "a field by its shorthand"): """pub struct Row { pub width: u32 }
pub fn f(text: &str) -> Option<Row> { let width: u32 = text.parse().ok()?; Some(Row { width«¦: Some(width)» }) }
""",
    ("lost_receivers", "a borrow of itself"): """pub struct Page { pub lines: Vec<u8> }
impl Page { pub fn add(«&mut self, ¦»line: u8) -> &mut Self { self.lines.push(line); self } }
""",
    ("lost_self", "the only field has the method"): """pub struct Deep(pub usize);
impl Deep { pub fn reach(&mut self, depth: usize) { self.0 = self«.0¦».max(depth); } }
""",
    (
        "moves_out",
        "a value that is changed where it lies",
    ): """pub struct Chain { pub value: u8, pub next: Option<Box<Chain>> }
impl Chain {
    pub fn push(&mut self, value: u8) {
        match «&mut ¦»self.next {
            Some(next) => next.push(value),
            None => self.next = Some(Box::new(Chain { value, next: None })),
        }
    }
}
""",
    ("lost_parameters", "a parameter without its name"): """pub struct Fault(pub String);
impl From<std::num::ParseIntError> for Fault {
    fn from(«error: ¦»std::num::ParseIntError) -> Self { Fault(error.to_string()) }
}
""",
    ("closure_forms", "a counter that changes"): """pub fn counter() -> impl «FnMut¦Fn»() -> u32 {
    let mut count = 0;
    move || { count += 1; count }
}
""",
    (
        "closure_forms",
        "a parameter that was lost",
    ): """pub fn f(list: &[u8], by: u8) -> Vec<u8> { list.iter().map(|«n¦»| *n * by).collect() }
""",
    (
        "closure_forms",
        "a function object",
    ): """pub fn f(twice: impl Fn(u8) -> u8) -> u8 { let n = twice«¦.invoke»(2); n + 1 }
""",
    ("into_bounds", "a slice as an array"): """pub fn f(list: &[u8]) -> Vec<[u8; 4]> {
    list.chunks_exact(4).map(|part| part.«try_into().unwrap()¦into()»).collect()
}
""",
    ("literals", "a text without letters"): """pub fn f(text: &str) -> &str { text.lines().next().unwrap_or(«""¦''») }
""",
}


@pytest.mark.parametrize(("proposer", "what"), RESTORED)
def test_the_text_comes_back(proposer: str, what: str) -> None:
    propose = import_module(f"rusta_cargo.repair.proposers.{proposer}").propose
    assert_restored(propose, RESTORED[proposer, what])


SILENT = {
    ("closure_forms", "a method of a struct"): "pub struct Job;\npub fn f(job: &Job) -> u8 { job.run() }\n",
    ("closure_forms", "a field that may not change"): "pub struct P(u8);\nimpl P { pub fn f(&self) { self.0 = 1; } }\n",
    ("into_bounds", "a text as a number"): "pub fn f(text: &str) -> u8 { text.into() }\n",
    ("misspelt_imports", "a name that nothing uses"): "mod money { pub struct Cents; }\npub use money::Cent;\n",
    ("misspelt_imports", "another name is missed"): """mod money { pub struct Cents; }
pub use money::Cent;
pub fn f(_: Coins) {}
""",
    ("misspelt_imports", "the name is used as it is written"): """mod money { pub struct Cents; }
use money::Cent;
pub fn f(_: Cent, _: Cents) {}
""",
    ("lost_self", "a struct with names"): "pub struct P { n: u8 }\nimpl P { pub fn f(&self) -> u8 { self.max(1) } }\n",
    (
        "lost_self",
        "a field without such a method",
    ): "pub struct P(bool);\nimpl P { pub fn f(&self) -> u8 { self.push(1) } }\n",
    ("constants", "a value that is owned"): 'pub const NAME: u8 = "a";\n',
    ("failed_lookups", "an alias of something else"): """pub type Found<T> = Option<T>;
pub fn f(text: &str) -> Found<u8> { let n: u8 = text.parse::<u8>()?; Some(n) }
""",
}


@pytest.mark.parametrize(("proposer", "what"), SILENT)
def test_nothing_is_said(proposer: str, what: str) -> None:
    assert_silent(import_module(f"rusta_cargo.repair.proposers.{proposer}").propose, SILENT[proposer, what])
