"""Traits whose implementation follows from the fields of a type."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.implemented import propose

DISPLAY = """

impl std::fmt::Display for NAME {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        BODY
    }
}"""


def display(name: str, body: str) -> str:
    return DISPLAY.replace("NAME", name).replace("BODY", body)


RESTORED = {
    "a bound": f"""pub struct P {{ x: i32, y: i32 }}«{display("P", 'write!(f, "{} {}", self.x, self.y)')}¦»
fn show<T: std::fmt::Display>(t: T) -> String {{ t.to_string() }}
pub fn f() -> String {{ show(P {{ x: 1, y: 2 }}) }}
""",
    "a trait above": f"""pub trait Named: std::fmt::Display {{ fn name(&self) -> String {{ self.to_string() }} }}
pub struct Cat {{ id: u32 }}«{display("Cat", 'write!(f, "{}", self.id)')}¦»
impl Named for Cat {{}}
""",
    "a wrapper that is followed": """pub struct Wrap<T>(T);«

impl<T> std::ops::Deref for Wrap<T> {
    type Target = T;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}¦»
pub fn f() -> i32 { let w = Wrap(3); *w + 1 }
""",
}
SILENT = [
    "pub fn f(n: u32) -> u32 { *n }",
    "pub struct S(u8);\npub fn f(s: S) -> S { s.clone() }",
    "pub fn f(v: Vec<u8>) -> String { v.to_string() }",
    "pub struct S(u8, u8);\npub fn f(s: S) -> u8 { *s }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
