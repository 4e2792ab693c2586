"""Type parameters that must be ``Copy``."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.copy_bounds import propose

RESTORED = {
    "an element and a pattern": """pub fn largest<T: PartialOrd« + Copy¦»>(all: &[T]) -> T {
    let mut most = all[0];
    for &one in all { if one > most { most = one; } }
    most
}
""",
    "a field behind a reference": """pub struct Pair<T> { left: T, right: T }
impl<T«: Copy¦»> Pair<T> { pub fn swapped(&self) -> Pair<T> { Pair { left: self.right, right: self.left } } }
""",
    "a value used twice": "pub fn twice<T«: Copy¦»>(one: T) -> (T, T) { (one, one) }\n",
}
SILENT = [
    "pub fn f(all: &[String]) -> String { all[0] }",
    "pub fn f(a: String) -> (String, String) { (a, a) }",
    "pub fn f<T>(a: T) -> T { a + a }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_moves_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
