"""Lifetimes that are missing or undeclared."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lifetimes import propose

RESTORED = {
    "a struct and its impl": """
        pub struct Words«<'a>¦» { text: &«'a ¦»str, seen: Vec<&«'a ¦»str> }
        impl«<'a>¦» Words«<'a>¦» { pub fn len(&self) -> usize { self.text.len() + self.seen.len() } }
    """,
    "a field of a type that has one": """
        pub struct Cursor<'s> { text: &«'s ¦»str, at: usize }
        impl<'s> Cursor<'s> { pub fn rest(&self) -> &'s str { &self.text[self.at..] } }
    """,
    "a result that is one of two": """
        pub fn pick«<'a>¦»(left: &«'a ¦»str, right: &«'a ¦»str, first: bool) -> &«'a ¦»str { if first {
            left } else { right } }
    """,
    "a result that is borrowed from the first": """
        pub fn head«<'a>¦»(text: &«'a ¦»str, separator: &str) -> &«'a ¦»str { let _ = separator; text }
    """,
    "constant text": """
        pub fn name(n: u32) -> &«'static ¦»str { match n { 0 => "zero", _ => "many" } }
    """,
    "an associated type": """
        pub struct Iter<'a, T> { items: &'a [T], at: usize }
        impl<'a, T> Iterator for Iter<'a, T> {
            type Item = &«'a ¦»T;
            fn next(&mut self) -> Option<&'a T> { self.at += 1; self.items.get(self.at - 1) }
        }
    """,
    "a lifetime that is declared": """
        pub fn take<'a, V: Into<Option<&«'a ¦»str>>>(value: V) -> usize {
            value.into().map_or(0, |text| text.len()) }
    """,
    "a misspelt name": """
        pub struct Scope<'input> { text: &'«input¦inptu» str }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f() -> u8 { nothing(3) }",
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
