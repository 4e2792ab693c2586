"""Structs, variants and enums used in another shape than they have."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.shapes import propose

RESTORED = {
    "call of a struct with named fields": """
        pub struct Point { x: i32, y: i32 }
        pub fn point(x: i32, b: i32) -> Point { Point« { x, y: b }¦(x, b)» }
    """,
    "variant of an enum": """
        pub enum Shape { Circle { radius: f64 }, Dot }
        pub fn unit() -> Shape { Shape«::Circle¦» { radius: 1.0 } }
    """,
    "type of a module": """
        pub mod geometry { pub struct Line { pub from: i32, pub to: i32 } }
        pub fn line() -> geometry::Line { geometry«::Line¦» { from: 0, to: 1 } }
    """,
    "pattern of named fields": """
        pub enum Event { Key { code: u32, shift: bool }, Quit }
        pub fn code(event: Event) -> u32 {
            match event { Event::Key« { code, shift }¦(code, shift)» => code + shift as u32, Event::Quit => 0 } }
    """,
    "pattern of a tuple": """
        pub enum Event { Key(u32), Quit }
        pub fn is_key(event: Event) -> bool { match event { Event::Key«(_)¦» => true, Event::Quit => false } }
    """,
    "unit variant": """
        pub enum Event { Key(u32), Quit }
        pub fn is_key(event: Event) -> bool { match event { Event::Key(_) => true, Event::Quit«¦()» => false } }
    """,
    "default of the type": """
        #[derive(Default)]
        pub struct Options { depth: usize, names: Vec<String> }
        pub fn options() -> Options { Options«::default()¦» }
    """,
    "constructor": """
        pub struct Stack { items: Vec<u8>, limit: usize }
        impl Stack { pub fn new(limit: usize) -> Stack { Stack { items: Vec::new(), limit } } }
        pub fn stack() -> Stack { Stack«::new¦»(9) }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
    "pub fn f() -> u8 { nothing(3) }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_shape_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
