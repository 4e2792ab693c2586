"""Bounds whose argument the compiler leaves open."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.open_bounds import propose

RESTORED = {
    "a line of the where clause": """pub struct List(Vec<String>);
impl List {
    pub fn with<I, S>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item = S>,
«        S: AsRef<str>,
¦»    {
        self.0.extend(names.into_iter().map(|name| name.as_ref().to_string()));
        self
    }
}
""",
    "in the list of parameters": """pub fn length<S«: AsRef<str>¦»>(text: S) -> usize { text.as_ref().len() }
""",
}
SILENT = [
    "pub fn f<T>(x: T) -> T { x.clone() }",
    "pub fn f<T>(x: T) -> u8 { x.missing() }",
    "pub fn f(x: u8) -> u8 { x.missing() }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_bounds_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
