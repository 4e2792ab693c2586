"""Something small that may not stand where it stands."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.superfluous import propose

RESTORED = {
    "a bound said twice": "pub struct Kept<T: ?Sized«¦ + ?Sized»> { b: Box<T> }\n",
    "visibility in a trait's impl": "pub struct A;\nimpl Clone for A { «¦pub »fn clone(&self) -> A { A } }",
    "unsafe before an impl": "pub struct A;\n«¦unsafe »impl A {}",
    "derive on a function": "«¦#[derive(Clone)]\n»pub fn f() {}\n",
    "bound of a main": "fn main()« ¦ where u8: Copy »{}",
    "unused parameter": "pub struct A«¦<T>» { pub x: u8 }",
    "async main": "«¦async »fn main() {}",
}
SILENT = ["pub fn f() -> u8 { missing }", 'pub fn f() -> u8 { "" }', "pub fn f() { let x: u8 = 1; x.nothing(); }"]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_taken_away(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
