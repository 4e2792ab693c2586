"""Values of a generic type whose bound says how they become what is wanted."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.bounded_values import propose

RESTORED = {
    "bound of the impl": """pub struct Shown<T>(pub T);
fn lower(text: &str) -> String { text.to_lowercase() }
impl<T: AsRef<str>> Shown<T> {
    pub fn show(&self) -> String { lower(self.0«.as_ref()¦») }
}
""",
    "where clause": """pub struct Name(String);
pub fn named<S>(text: S) -> Name
where
    S: Into<String>,
{
    Name(text«.into()¦»)
}
""",
    "argument of an impl type": """use std::path::Path;
fn size(path: &Path) -> usize { path.components().count() }
pub fn depth(path: impl AsRef<Path>) -> usize { size(path«.as_ref()¦») }
""",
    "among several bounds": """fn fill(bytes: &mut [u8]) { bytes[0] = 1; }
pub fn run<B: Clone + AsMut<[u8]>>(mut buffer: B) -> B { fill(buffer«.as_mut()¦»); buffer }
""",
}
SILENT = [
    "fn g(_: &str) {}\npub fn f<T>(x: T) { g(x); }",
    "fn g(_: &str) {}\npub fn f<T: AsRef<[u8]>>(x: T) { g(x); }",
    "fn g(_: &str) {}\npub fn f(x: String) { g(x); }",
    "pub fn f<T: Into<String>>(x: T) -> u8 { x }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_values_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
