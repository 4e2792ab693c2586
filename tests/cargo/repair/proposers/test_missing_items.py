"""Items that an impl of a trait lacks."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, fixes, pair

from rusta_cargo.repair.proposer import STUB
from rusta_cargo.repair.proposers.missing_items import propose

RESTORED = {
    "associated type of std": """
        pub struct Count(u32);
        impl Iterator for Count {«
            type Item = u32;¦»
            fn next(&mut self) -> Option<u32> { self.0 += 1; Some(self.0) }
        }
    """,
    "associated type of an own trait": """
        pub trait Parse { type Error; type Value; fn parse(&self, text: &str) -> Result<Self::Value, Self::Error>; }
        pub struct Number;
        impl Parse for Number {
            type Error = String;«
            type Value = i64;¦»
            fn parse(&self, text: &str) -> Result<i64, String> { text.parse().map_err(|_| text.to_string()) }
        }
    """,
    "field that implements the trait": """
        pub trait Sound {
            fn volume(&self) -> u8;
            fn play(&mut self, times: u32);
        }
        pub struct Bell(u8);
        impl Sound for Bell { fn volume(&self) -> u8 { self.0 }
            fn play(&mut self, times: u32) { self.0 = times as u8; } }
        pub struct Clock { bell: Bell }
        impl Sound for Clock {
            fn volume(&self) -> u8 {
                self.bell.volume()
            }«

            fn play(&mut self, times: u32) {
                self.bell.play(times)
            }¦»
        }
    """,
    "getter of a field": """
        pub trait Named {
            fn label(&self) -> &str;
            fn width(&self) -> u32;
        }
        pub struct Tag { text: String, width: u32 }
        impl Named for Tag {
            fn label(&self) -> &str {
                &self.text
            }«

            fn width(&self) -> u32 {
                self.width
            }¦»
        }
    """,
    "constant of other impls": """
        pub trait Limits { const MAX: u32; fn get(&self) -> u32; }
        pub struct A; pub struct B; pub struct C;
        impl Limits for A { const MAX: u32 = 64; fn get(&self) -> u32 { Self::MAX } }
        impl Limits for B { const MAX: u32 = 64; fn get(&self) -> u32 { Self::MAX } }
        impl Limits for C {«
            const MAX: u32 = 64;¦»
            fn get(&self) -> u32 { Self::MAX }
        }
    """,
    "default of std": """
        pub struct Options { depth: usize, name: String }
        impl Default for Options {«
            fn default() -> Self {
                Self { depth: Default::default(), name: Default::default() }
            }
        ¦»}
    """,
    "generic trait": """
        pub trait Merge<T> {
            fn merge(&self, other: T) -> T;
        }
        pub struct Keep;
        impl Merge<String> for Keep {«
            fn merge(&self, other: String) -> String {
                other
            }
        ¦»}
    """,
    "the default of a type that is made without arguments, named as the file does": """
        pub struct Buffer { bytes: [u8; 40] }
        impl Buffer {
            pub fn new() -> Buffer { Buffer { bytes: [0; 40] } }
            pub fn len(&self) -> usize { self.bytes.len() }
        }
        impl Default for Buffer {«
            fn default() -> Buffer {
                Buffer::new()
            }
        ¦»}
    """,
    "marked to be inlined, like all the others": """
        pub struct Letters { inner: Vec<u8> }
        impl Letters {
            #[inline]
            pub fn len(&self) -> usize { self.inner.len() }
            #[inline]
            pub fn first(&self) -> Option<&u8> { self.inner.first() }
            #[inline]
            pub fn new() -> Self { Self { inner: vec![b'a'] } }
        }
        impl Default for Letters {«
            #[inline]
            fn default() -> Self {
                Self::new()
            }
        ¦»}
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub trait A { fn a(&self); } pub struct B; impl A for B { fn a(&self) -> u8 { 1 } }",
    "pub struct B; pub fn f(b: B) { b.clone(); }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_item_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_enum_delegates_to_its_variants() -> None:
    source = (
        "pub trait Legs { fn legs(&self, extra: u32) -> u32; }\n"
        "pub struct Cat; pub struct Bird;\n"
        "impl Legs for Cat { fn legs(&self, extra: u32) -> u32 { 4 + extra } }\n"
        "impl Legs for Bird { fn legs(&self, extra: u32) -> u32 { 2 + extra } }\n"
        "pub enum Animal { Cat(Cat), Bird(Bird) }\n"
        "impl Legs for Animal {}\n"
    )
    good = fixes(propose, source)
    assert "Self::Bird(inner) => inner.legs(extra)," in good[0]


def test_stub_is_marked_and_last() -> None:
    found = candidates(
        propose,
        "pub trait A { fn a(&self, n: u32) -> Box<dyn Fn(u32)>; } pub struct B; impl A for B {}",
    )
    assert [c.risk for c in found if "todo!()" in c.replacements[0].text] == [(STUB,)]
    assert found[-1].risk == (STUB,)


def test_display_of_an_enum() -> None:
    """Several items of the formatting traits are written as people write them."""
    source = "use std::fmt;\npub enum Color { Red, Green }\nimpl fmt::Display for Color {}\n"
    good = fixes(propose, source)
    assert "fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {" in good[0]
    assert 'Self::Green => write!(f, "Green"),' in good[0]


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
