"""Fields and tuple members that are not there."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.fields import propose

RESTORED = {
    "misspelt in an expression": """
        pub struct User { name: String, email: String }
        pub fn user(name: String, email: String) -> User { User { name, «email¦mail»: email } }
    """,
    "misspelt access": """
        pub struct Frame { width: u32, height: u32 }
        impl Frame { pub fn area(&self) -> u32 { self.width * self.«height¦heigth» } }
    """,
    "the one that is left": """
        pub struct Span { start: usize, end: usize }
        pub fn span(from: usize, to: usize) -> Span { Span { start: from, «end¦stop»: to } }
    """,
    "field of a field": """
        pub struct Inner { depth: usize }
        pub struct Outer { inner: Inner, name: String }
        pub fn depth(outer: &Outer) -> usize { outer.name.len() + outer.«inner.¦»depth }
    """,
    "method": """
        pub struct Bag { items: Vec<u8> }
        impl Bag { pub fn size(&self) -> usize { self.items.len() } }
        pub fn twice(bag: &Bag) -> usize { bag.«items¦item».len() * bag.size() }
    """,
    "primitive": """
        pub struct Meters(u32);
        pub fn sum(a: Meters, b: u32) -> u32 { a.0 + b«¦.0» }
    """,
    "pattern with one too many": """
        pub enum Shape { Rect(u32, u32), Dot }
        pub fn area(shape: Shape) -> u32 { match shape { Shape::Rect(w, h«¦, _») => w * h, Shape::Dot => 0 } }
    """,
    "pattern with one too few": """
        pub enum Shape { Rect(u32, u32), Dot }
        pub fn area(shape: Shape) -> u32 { match shape { Shape::Rect(w«, h¦») => w * h, Shape::Dot => 0 } }
    """,
    "misspelt in a pattern": """
        pub enum Shape { Circle { radius: f64 }, Dot }
        pub fn size(shape: &Shape) -> f64 {
            match shape { Shape::Circle { «radius¦radus»: r } => *r, Shape::Dot => 0.0 } }
    """,
    "declaration is missing": """
        pub struct Counter { hits: u64«, limit: u8¦» }
        pub fn counter() -> Counter { Counter { hits: 0, limit: 9u8 } }
    """,
    "variant": """
        pub enum Message { Move { x: i32, y: i32 }, Stop }
        pub fn right() -> Message { Message::Move { x: 1, «y¦z»: 0 } }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
    "pub struct A(u8); pub fn f(a: A) { a.nothing(); }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_field_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_value_behind_an_option() -> None:
    good = fixes(propose, "pub struct A { x: u8 } pub fn f(a: Option<A>) -> u8 { a.x }")
    assert any("a.as_ref().unwrap().x" in text for text in good)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
