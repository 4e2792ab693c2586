"""Renamings that were done in one place only."""

from __future__ import annotations

import pytest
from conformance import Source, assert_silent, check_proposer, fixes

from rusta_cargo.repair.proposers.renamed import propose

STORE = """pub struct Store { entries: Vec<u32> }
impl Store {
    pub fn insert_entry(&mut self, amount: u32, times: u32) { for _ in 0..times { self.entries.push(amount); } }
    pub fn sum(&self) -> u32 { self.entries.iter().copied().sum() }
    pub fn len(&self) -> usize { self.entries.len() }
}
"""
# name: (files, a piece of the text that must come out)
MENDED: dict[str, tuple[Source, str]] = {
    "a method, by the number of its arguments": (
        STORE + "pub fn f(s: &mut Store) -> usize { s.add(1, 2); s.add(3, 4); s.len() }",
        "s.insert_entry(1, 2); s.insert_entry(3, 4);",
    ),
    "a method under the name of one of iterators": (
        STORE + "pub fn f(s: &Store) -> u32 { s.total() + s.total() + s.len() as u32 }",
        "s.sum() + s.sum()",
    ),
    "a method behind the guard of a lock": (
        STORE + "pub fn f(s: &std::sync::Mutex<Store>) { let mut s = s.lock().unwrap(); s.add(1, 2); s.add(3, 4); }",
        "s.insert_entry(1, 2); s.insert_entry(3, 4);",
    ),
    "a method behind a shared pointer": (
        STORE
        + "pub fn f(s: std::rc::Rc<std::cell::RefCell<Store>>) { s.borrow_mut().add(1, 2); s.borrow_mut().add(3, 4); }",
        "insert_entry(1, 2)",
    ),
    "a type, in another module": (
        {
            "lib.rs": "mod shape;\nmod area;\npub use area::area_of;\npub use shape::Rect;\n",
            "shape.rs": "pub struct Rectangle { pub w: f64 }\nimpl Rectangle { pub fn w(&self) -> f64 { self.w } }\n",
            "area.rs": "use crate::shape::Rect;\npub fn area_of(r: &Rect) -> f64 { r.w() * r.w }\n",
        },
        "pub struct Rect {",
    ),
    "an imported function": (
        {
            "lib.rs": 'mod text;\nuse text::count_words;\npub fn f() -> usize { count_words("a b") }\n',
            "text.rs": "pub fn word_count(t: &str) -> usize { t.split(' ').count() }\n",
        },
        "use text::word_count;\npub fn f() -> usize { word_count(",
    ),
    "a variant": (
        "pub enum Event { KeyPressed(char), Quit }\n"
        "pub fn f(e: Event) -> Event { match e { Event::Key(c) => Event::Key(c), q @ Event::Quit => q } }",
        "Event::KeyPressed(c) => Event::KeyPressed(c)",
    ),
    "a constant that is called like those beside it": (
        "const ONE_BYTE2: u32 = 0x80;\nconst TWO_BYTE: u32 = 0x800;\nconst MAX_BYTE: u32 = 0xff;\n"
        "pub fn f(n: u32) -> bool { n < ONE_BYTE || n < TWO_BYTE || n < MAX_BYTE }",
        "const ONE_BYTE: u32",
    ),
}
SILENT: list[Source] = [
    # it is there, and only not imported
    "mod a { pub struct Part; }\npub struct Piece;\npub fn f(_: Part) {}",
    # std has it
    "pub struct Cache;\npub fn f() -> HashMap<u8, u8> { HashMap::new() }",
    # another number of arguments
    STORE + "pub fn f(s: &mut Store) { s.add(1, 2, 3); s.len(); }",
    # in use under its own name
    "fn walk(n: u8) -> u8 { n }\npub fn f() -> u8 { walk(1) + stroll(2) }",
    # nothing says which
    "pub fn one(n: u8) -> u8 { n }\npub fn two(n: u8) -> u8 { n }\npub fn f() -> u8 { other(1) }",
]


@pytest.mark.parametrize("name", MENDED)
def test_mends(name: str) -> None:
    source, wanted = MENDED[name]
    assert any(wanted in text for text in fixes(propose, source)[:2])


def test_tests_say_what_the_name_is() -> None:
    source = """pub fn slug_of(t: &str) -> String { t.to_lowercase() }
#[cfg_attr(any(), cfg(test))]
mod tests { pub fn f() { super::slug("A"); super::slug("B"); } }
"""
    first = fixes(propose, source)[0]
    assert "pub fn slug(" in first


@pytest.mark.parametrize("source", SILENT)
def test_other_missing_names_are_left_alone(source: Source) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [source for source, _ in MENDED.values()])
