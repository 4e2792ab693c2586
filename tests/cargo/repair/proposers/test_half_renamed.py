"""Renamings that stopped half way."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.half_renamed import propose

MARKED = {
    "a field that all its uses know by another name": "pub struct Post { pub «title¦heading»: String, pub likes: u32 }\n"
    'pub fn show(p: &Post) -> String { format!("{} {}", p.title, p.likes) }\n'
    "pub fn long(p: &Post) -> bool { p.title.len() > 9 }\n",
    "a function of a trait that its impls know by another name": "pub trait Sound { fn «noise¦call»(&self) -> String; }\n"
    "pub struct Cow;\npub struct Cat;\n"
    "impl Sound for Cow { fn noise(&self) -> String { String::new() } }\n"
    'impl Sound for Cat { fn noise(&self) -> String { String::from("m") } }\n',
    "a field of the same beginning": "pub struct Size { pub «width¦w2»: u32, pub height: u32 }\nimpl Size {\n"
    "    pub fn area(&self) -> u32 { self.width * self.height }\n    pub fn wide(&self) -> bool { self.width > 9 }\n}\n",
    "a variant that its uses know by another name, and another is spelt like a trait": (
        "#[derive(Clone, PartialEq, Eq)]\npub enum Op { Add, «Equal¦Eq» }\n"
        "pub fn sign(o: &Op) -> char { match o { Op::Add => '+', Op::Equal => '=' } }\n"
        "pub fn same() -> Op { Op::Equal }\npub fn more() -> Op { Op::Add }\n"
    ),
    "a method that all its calls know by another name": (
        "pub struct Bag(Vec<u8>);\nimpl Bag {\n    pub fn «at¦lookup»(&self, n: usize) -> u8 { self.0[n] }\n"
        "    pub fn put(&mut self, n: usize) -> u8 { self.0.swap(0, n); self.at(0) }\n}\n"
        "pub fn first(b: &mut Bag) -> u8 { b.put(1) + b.at(0) }\n"
    ),
}
KIND = "pub enum Step { Go(u8), Halt }\n"
RUN = "use crate::Step;\npub fn run(s: &Step) -> u8 { match s { Step::Go(n) => *n, Step::Halt => 0 } }\n"
FILES = {
    "a variant": (
        {"lib.rs": f"mod run;\nmod made;\npub use run::run;\npub use made::made;\n{KIND}", "run.rs": RUN,
         "made.rs": "use crate::Step;\npub fn made() -> Step { Step::Stop }\n"},
        {"made.rs": "use crate::Step;\npub fn made() -> Step { Step::Halt }\n"},
    ),
    "a variant that has just the fields that are written out": (
        {"lib.rs": "mod made;\npub use made::made;\npub enum Fault { Low { by: u8 }, Absent { name: String }, Bad }\n"
         "pub fn show(f: &Fault) -> u8 { match f { Fault::Low { by } => *by, Fault::Absent { name } => name.len() as u8, "
         "Fault::Bad => 0 } }\npub fn low() -> Fault { Fault::Low { by: 1 } }\n",
         "made.rs": "use crate::Fault;\npub fn made(name: String) -> Fault { Fault::Missing { name } }\n"},
        {"made.rs": "use crate::Fault;\npub fn made(name: String) -> Fault { Fault::Absent { name } }\n"},
    ),
    "a variant that is matched under its new name and made under the old one": (
        {"lib.rs": "mod made;\npub use made::made;\npub enum Fault { Again(u8), Bad }\n"
         "pub fn show(f: &Fault) -> u8 { match f { Fault::Again(n) => *n, Fault::Bad => 0 } }\n"
         "pub fn bad() -> Fault { Fault::Bad }\n",
         "made.rs": "use crate::Fault;\npub fn made() -> Fault { Fault::Retry(1) }\n"},
        {"made.rs": "use crate::Fault;\npub fn made() -> Fault { Fault::Again(1) }\n"},
    ),
    "a method": (
        {"lib.rs": "mod a;\nmod b;\npub use a::A;\npub use b::f;\n",
         "a.rs": "pub struct A;\nimpl A {\n    pub fn with_tag(self) -> A { self }\n}\npub fn g() -> A { A.with_tag() }\n",
         "b.rs": "use crate::A;\npub fn f() -> A { A.tagged() }\n"},
        {"b.rs": "use crate::A;\npub fn f() -> A { A.with_tag() }\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MARKED)
def test_the_declaration_gets_its_name_back(name: str) -> None:
    assert_restored(propose, MARKED[name])


@pytest.mark.parametrize("name", FILES)
def test_a_use_learns_the_new_name(name: str) -> None:
    broken, whole = FILES[name]
    assert_fixed(propose, broken, {**broken, **whole})


@pytest.mark.parametrize(
    "source",
    [
        "pub struct P { pub x: u8 }\npub fn f(p: P) -> u8 { p.y }\n",
        "pub struct P { pub x: u8, pub y: u8 }\npub fn f(p: P) -> u8 { p.x + p.y + p.q + p.q }\n",
        "pub fn f(x: u8) -> u8 { x.gone() }\n",
    ],
)
def test_it_is_silent_where_several_or_none_fit(source: str) -> None:
    assert_silent(propose, source)


def test_the_rules_of_proposers_are_kept() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in MARKED.values()), *(broken for broken, _ in FILES.values())])
