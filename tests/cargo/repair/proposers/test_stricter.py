"""Bounds that an impl asks for and its trait does not."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.stricter import propose

RESTORED = {
    "two impls ask": """pub trait Hex: Sized { fn from_hex<T«: AsRef<[u8]>¦»>(hex: T) -> Option<Self>; }
impl Hex for Vec<u8> { fn from_hex<T: AsRef<[u8]>>(hex: T) -> Option<Self> { Some(hex.as_ref().to_vec()) } }
impl Hex for u8 { fn from_hex<S: AsRef<[u8]>>(hex: S) -> Option<Self> { hex.as_ref().first().copied() } }
""",
    "one of two bounds": """pub trait Show { fn show<T: Clone« + ToString¦»>(&self, of: T) -> String; }
impl Show for () { fn show<T: Clone + ToString>(&self, of: T) -> String { of.clone().to_string() } }
""",
    "one too many for a trait of std": """pub struct Bag(Vec<u8>);
impl Extend<u8> for Bag {
    fn extend<T: IntoIterator<Item = u8>«¦ + Clone»>(&mut self, all: T) { self.0.extend(all) }
}
""",
}
SILENT = [
    "pub trait A { fn a<T: Clone>(x: T); }\nimpl A for () { fn a<T>(x: T) -> u8 { 1 } }",
    "pub fn f<T>(x: T) -> T { x.clone() }",
    "pub trait A { fn a(&self); }\nimpl A for () { fn a(&mut self) {} }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
