"""Trait objects of several traits."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.combined_traits import propose

RESTORED = {
    "a private field": """use std::io::{Read, Write};
«trait ReadWrite: Read + Write {}

impl<T: Read + Write + ?Sized> ReadWrite for T {}

¦»pub struct Conn { inner: Box<dyn «ReadWrite¦Read + Write»> }
impl Conn { pub fn send(&mut self, b: &[u8]) -> std::io::Result<usize> { self.inner.write(b) } }
""",
    "a parameter": """use std::fmt::{Debug, Display};
«pub trait DebugDisplay: Debug + Display {}

impl<T: Debug + Display + ?Sized> DebugDisplay for T {}

¦»pub fn show(x: &(dyn «DebugDisplay¦Debug + Display» + Send)) -> String { format!("{x} {x:?}") }
""",
    "two places in a module": """mod shapes {
    pub trait Shape { fn area(&self) -> f64; }
    pub trait Named { fn name(&self) -> String; }
«    pub trait ShapeNamed: Shape + Named {}

    impl<T: Shape + Named + ?Sized> ShapeNamed for T {}

¦»    pub fn all() -> Vec<Box<dyn «ShapeNamed¦Shape + Named»>> { vec![] }
    pub fn first(v: &[Box<dyn «ShapeNamed¦Shape + Named»>]) -> String { v[0].name() }
}
pub fn f() -> String { shapes::first(&shapes::all()) }
""",
}
SILENT = [
    "pub fn f(x: Box<dyn Missing>) {}",
    "use std::io::Read;\npub fn f<T>(x: Box<dyn Read + Into<T>>) {}",
    "pub trait A { const N: u8; }\npub fn f(x: &dyn A) {}",
    "pub fn f(x: &dyn Clone) {}",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
