"""Declarations of the wrong type: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_restored, assert_silent, candidates, check_proposer, fixes, pair
from sample_programs import ACCOUNTS, CONFIG, STORE, WORKERS

from rusta_cargo.repair.proposers.definitions import propose

# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (ACCOUNTS, "-> usize {\n    let mut best = 0;", "-> u32 {\n    let mut best = 0;"),
    (ACCOUNTS, "let wide = n as u32;", "let wide = n as u64;"),
    (ACCOUNTS, "let rest: u32 =", "let rest: u64 ="),
    (ACCOUNTS, "let mut sum: u64 = 0;", "let mut sum: u32 = 0;"),
    (ACCOUNTS, "let flag: bool", "let flag: u32"),
    (CONFIG, "port: u16, ratio", "port: u32, ratio"),
    (CONFIG, "ratio: f64", "ratio: i64"),
    (CONFIG, "name: String", "name: u32"),
    (CONFIG, "slots: [0; 4]", "slots: [0; 5]"),
    (CONFIG, "value: f64, by: f64", "value: i32, by: f64"),
    (CONFIG, "by: f64) -> f64", "by: f64) -> i32"),
    (CONFIG, "by: f64) -> f64", "by: u8) -> f64"),
    (WORKERS, "fn largest(items: &[i32])", "fn largest(items: [i32])"),
    (
        STORE,
        "-> Option<&Entry> {\n        self.entries.values()",
        "-> Option<Entry> {\n        self.entries.values()",
    ),
    (STORE, "-> Option<f64>", "-> f64"),
    (STORE, "let price: f64 =", "let price: f32 ="),
    (STORE, "amount: u32,\n    price", "amount: i32,\n    price"),
    (STORE, "price_cents: i64,", "price_cents: u64,"),
    (STORE, "id: Id, new: String", "id: Id, new: &str"),
    (STORE, "let mut text = String::new();", "let mut text = Vec::new();"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'fn main() {\n    let mut v = vec![1];\n    let first = &v[0];\n    v.push(2);\n    println!("{first}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


FIELD_USED_EVERYWHERE = """
use std::collections::HashMap;
pub struct Item { pub name: String, pub quantity: «u32¦u64» }
impl Item {
    pub fn new(name: &str, quantity: u32) -> Self { Item { name: name.to_string(), quantity } }
}
pub fn take(items: &mut HashMap<String, Item>, name: &str, wanted: u32) -> Result<u32, String> {
    let item = items.get_mut(name).ok_or_else(|| format!("no {name}"))?;
    if item.quantity < wanted {
        return Err(format!("only {} of {name}", item.quantity));
    }
    item.quantity -= wanted;
    Ok(item.quantity)
}
"""


def test_one_declaration_rather_than_all_its_uses() -> None:
    """Every use says what the field is, also where nothing but the name tells whose field it is."""
    broken, whole = pair(FIELD_USED_EVERYWHERE)
    best = max(candidates(propose, broken), key=lambda candidate: candidate.prior)
    assert "`quantity`" in best.title
    assert best.prior > 0.8
    assert best.diagnostic is None
    assert whole in fixes(propose, broken)


PARAMETER_OF_A_TYPE_PARAMETER = """use std::mem::ManuallyDrop;
pub struct Guard<T, F: FnOnce(T)> { value: ManuallyDrop<T>, f: ManuallyDrop<F> }
impl<T, F: FnOnce(T)> Guard<T, F> {
    pub fn with(v: «T¦&T», f: F) -> Guard<T, F> { Guard { value: ManuallyDrop::new(v), f: ManuallyDrop::new(f) } }
}
pub fn one<T, F: FnOnce(T)>(v: T, f: F) -> Guard<T, F> { Guard::with(v, f) }
pub fn two<T, F: FnOnce(T)>(v: T, f: F) -> Guard<T, F> { Guard::with(v, f) }
"""


def test_what_a_note_leaves_open_stands_in_the_label() -> None:
    """The note says `&_` and `_`; callers and body agree that the parameter is wrong."""
    broken, whole = pair(PARAMETER_OF_A_TYPE_PARAMETER)
    best = max(candidates(propose, broken), key=lambda candidate: candidate.prior)
    assert best.prior > 0.5
    assert whole in fixes(propose, broken)


WRAPPED = {
    "an adapter": """use std::iter::Peekable;
use std::str::Chars;
fn skip(chars: &mut Peekable<Chars<'_>>) { while chars.peek().is_some_and(|c| *c == ' ') { chars.next(); } }
pub fn rest(text: &str) -> String {
    let mut chars = text.chars()«.peekable()¦»;
    skip(&mut chars);
    chars.collect()
}
""",
    "a wrapper": """use std::cell::RefCell;
fn push(list: &RefCell<Vec<u8>>) { list.borrow_mut().push(1); }
pub fn made() -> usize {
    let list = «RefCell::new(Vec::new())¦Vec::new()»;
    push(&list);
    2
}
""",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_the_value_is_wrapped_where_it_is_bound(name: str) -> None:
    assert_restored(propose, WRAPPED[name])


def test_the_elements_of_a_static() -> None:
    broken, whole = pair(
        "static TABLE: [(u64, «u64¦u32»); 2] = [(1, 2), (3, 4)];\n"
        "pub fn entry(n: usize) -> &'static (u64, u64) { TABLE.get(n).unwrap() }\n"
    )
    assert whole in fixes(propose, broken)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])


LENGTH_OF_A_CONSTANT = {
    "of a type": """#[derive(Clone, Copy)]
pub enum Level { Low, Mid, High }
impl Level { pub const ALL: [Level; «3¦2»] = [Level::Low, Level::Mid, Level::High]; }
""",
    "a static": """pub static NAMES: [&str; «2¦3»] = ["one", "two"];
""",
    "the lifetime of the struct": """use std::iter::Peekable;
use std::str::Chars;
pub struct Input<'a> { letters: «Peekable<Chars<'a>>¦Chars<'a>» }
pub fn input(text: &str) -> Input<'_> {
    let letters: Peekable<Chars<'_>> = text.chars().peekable();
    Input { letters }
}
""",
}


@pytest.mark.parametrize("name", LENGTH_OF_A_CONSTANT)
def test_length_of_a_constant(name: str) -> None:
    assert_restored(propose, LENGTH_OF_A_CONSTANT[name])
