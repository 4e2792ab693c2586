"""Names that lost the path in front of them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.qualifying import propose

RESTORED = {
    "a variant": """pub enum Kind { Small, Large }
pub fn kind(n: u8) -> Kind { if n > 3 { Kind::Large } else { «Kind::¦»Small } }
""",
    "a variant in a pattern": """pub enum Shape { Round(f64), Square(f64) }
pub fn area(s: &Shape) -> f64 { match s { Shape::Round(r) => r * r, «Shape::¦»Square(a) => a * a } }
""",
    "a function of an imported module": """use std::mem;
pub fn turn(a: &mut u8, b: &mut u8) { «mem::¦»swap(a, b); }
""",
    "the result of formatting": """use std::fmt;
pub struct A;
impl fmt::Display for A { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> «fmt::¦»Result { write!(f, "a") } }
""",
    "the result of reading": """use std::io;
pub fn read(from: &mut dyn io::Read, to: &mut Vec<u8>) -> «io::¦»Result<usize> { from.read_to_end(to) }
""",
    "a function of a type parameter": "pub fn make<T: Default>() -> T { T«::¦.»default() }\n",
    "a variant of an enum that is exported under another name": """#[derive(Debug)]
pub enum Error { Overflow, Unknown { start: usize } }
pub use self::Error as ParseError;
pub fn f(n: u8) -> Error { if n > 3 { Error::Overflow } else { «Error::¦»Unknown { start: 1 } } }
""",
    "a variant of an enum of the body around": """pub fn f(s: &str) -> usize {
    enum Mode { Low, High }
    let mode = if s.is_empty() { «Mode::¦»Low } else { Mode::High };
    match mode { Mode::Low => 0, Mode::High => 1 }
}
""",
}
SILENT = [
    "pub fn f() -> u8 { missing }",
    "pub fn f(a: &mut u8, b: &mut u8) { swap(a, b); }",
    "pub fn f() -> Result { Ok(()) }",
    "pub fn f() -> HashMap<u8, u8> { HashMap::new() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_names_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
