"""Arms that a match lacks."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, fixes, pair

from rusta_cargo.repair.proposer import GUESS, STUB
from rusta_cargo.repair.proposers.match_arms import propose

RESTORED = {
    "text of the name": """
        pub enum Level { Low, High, VeryHigh }
        pub fn text(level: &Level) -> &'static str {
            match level {
                Level::Low => "low",
                «Level::High => "high",
                ¦»Level::VeryHigh => "very_high",
            }
        }
    """,
    "last of its siblings": """
        use std::fmt;
        pub enum Unit { Meter, Foot, Mile }
        impl fmt::Display for Unit {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                match *self {
                    Unit::Meter => write!(f, "Meter"),
                    Unit::Foot => write!(f, "Foot"),«
                    Unit::Mile => write!(f, "Mile"),¦»
                }
            }
        }
    """,
    "delegation": """
        pub struct Cat;
        pub struct Dog;
        pub struct Cow;
        impl Cat { fn legs(&self) -> u32 { 4 } }
        impl Dog { fn legs(&self) -> u32 { 4 } }
        impl Cow { fn legs(&self) -> u32 { 4 } }
        pub enum Animal { Cat(Cat), Dog(Dog), Cow(Cow) }
        impl Animal {
            pub fn legs(&self) -> u32 {
                match self {
                    Self::Cat(inner) => inner.legs(),
                    Self::Dog(inner) => inner.legs(),«
                    Self::Cow(inner) => inner.legs(),¦»
                }
            }
        }
    """,
    "one enum to another": """
        pub enum Wire { On, Off, Idle }
        pub enum State { On, Off, Idle }
        pub fn state(wire: Wire) -> State {
            match wire {
                Wire::On => State::On,
                «Wire::Off => State::Off,
                ¦»Wire::Idle => State::Idle,
            }
        }
    """,
    "nothing to do": """
        pub enum Event { Key(char), Quit, Resize }
        pub fn handle(event: Event, keys: &mut Vec<char>) {
            match event {
                Event::Key(c) => keys.push(c),
                Event::Quit => {}«
                Event::Resize => {}¦»
            }
        }
    """,
    "none stays none": """
        pub fn next(value: Option<u32>) -> Option<u32> {
            match value {
                Some(n) => Some(n + 1),«
                None => None,¦»
            }
        }
    """,
    "error is passed on": """
        pub fn next(value: Result<u32, String>) -> Result<u32, String> {
            match value {
                Ok(n) => Ok(n + 1),«
                Err(e) => Err(e),¦»
            }
        }
    """,
    "numbers need a wildcard": """
        pub fn digit(n: u8) -> Option<char> {
            match n {
                0 => Some('0'),
                1 => Some('1'),
                2 => None,
                3 => None,«
                _ => None,¦»
            }
        }
    """,
    "variants in scope": """
        pub enum Dir { North, South }
        use Dir::*;
        pub fn name(dir: Dir) -> String {
            match dir { North => "north".to_string(), «South => "south".to_string() ¦»}
        }
    """,
    "the operator that the variant is named after": """
        pub enum Op { Add, Sub, Mul, Div }
        pub fn apply(op: &Op, a: f64, b: f64) -> Result<f64, String> {
            match op {
                Op::Add => Ok(a + b),
«                Op::Sub => Ok(a - b),
¦»                Op::Mul => Ok(a * b),
                Op::Div if b == 0.0 => Err("division by zero".to_string()),
                Op::Div => Ok(a / b),
            }
        }
    """,
    "where another match has it": """
        use std::ops::Bound;
        pub fn f(low: Bound<&usize>, high: Bound<&usize>) -> (usize, usize) {
            let start = match low {
                Bound::Unbounded => 0,
                Bound::Included(&n) => n,
                Bound::Excluded(&n) => n + 1,
            };
            let end = match high {
                «Bound::Unbounded => 0,
                ¦»Bound::Included(&n) => n,
                Bound::Excluded(&n) => n + 1,
            };
            (start, end)
        }
    """,
}
SILENT = [
    'pub fn f(a: Option<u8>) -> u8 { match a { Some(x) => x, None => "" } }',
    "pub fn f(a: Option<u8>) -> u8 { let Some(x) = a; x }",
    "pub fn f() -> u8 { nothing }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_arm_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_empty_match_gets_every_variant() -> None:
    """More variants than the message names are taken from the declaration."""
    source = "pub enum E { A, B(u8), C { x: u8 }, D, F } pub fn f(e: E) -> bool {\n    match e {}\n}\n"
    good = fixes(propose, source)
    assert any(all(f"E::{name}" in text.partition("match")[2] for name in "ABCDF") for text in good)


def test_alternative_is_joined() -> None:
    """A sibling that covers several variants may cover the missing one too."""
    broken, whole = pair(
        "pub enum E { A, B, C, D } pub fn f(e: E) -> u8 { match e { E::A | E::B« | E::C¦» => 7, E::D => 9 } }"
    )
    assert whole in fixes(propose, broken)


def test_stub_is_marked() -> None:
    found = candidates(propose, "pub enum E { A, B } pub fn f(e: E) -> u8 { match e { E::A => 1 } }")
    stubs = [c for c in found if any("todo!()" in part.text for part in c.replacements)]
    assert len(stubs) == 1
    assert stubs[0].risk == (STUB,)
    assert stubs[0] is found[-1]


def test_what_siblings_do_not_agree_on_is_a_guess() -> None:
    """A label that only one sibling has may be given to the new variant, but nothing says so."""
    label = 'pub fn label(e: E) -> &\'static str { match e { E::A => "to eat", E::B => "to play" } }'
    found = candidates(propose, f"pub enum E {{ A, B, C }} {label}")
    assert found
    assert all(c.risk in ((GUESS,), (STUB,)) for c in found)
    most = "pub fn f(e: E) -> Option<u8> { match e { E::A => Some(1), E::B => None, E::C => None } }"
    agreed = candidates(propose, f"pub enum E {{ A, B, C, D }} {most}")
    assert any(c.risk == () and "E::D => None" in c.title for c in agreed)


def test_an_arm_with_a_guard_is_not_joined() -> None:
    """It would cover nothing, and the same offer would come again."""
    source = (
        "pub enum E { A, B, C } pub fn f(e: E, n: u8) -> u8 { match e { E::A if n > 2 => 7, E::A => 8, E::B => 9 } }"
    )
    joined = [c.title for c in candidates(propose, source) if " cover " in c.title]
    assert joined == ["let `E::A` cover `E::C` too", "let `E::B` cover `E::C` too"]


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
