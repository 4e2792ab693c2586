"""Names of the module around an inner module."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.inner_modules import propose

CASES = {
    "one name": "pub struct Cell(pub u8);\npub mod grid {\n«    use super::Cell;\n\n¦»    pub fn cell() -> Cell { Cell(1) }\n}\n",
    "several names": "pub struct A;\npub struct B;\npub mod m {\n«    use super::{A, B};\n\n¦»    pub fn f() -> (A, B) { (A, B) }\n}\n",
    "beside another import": "pub trait Sized2 {}\npub mod m {\n«    use super::Sized2;\n¦»    use std::fmt::Debug;\n\n"
    "    pub fn f<T: Sized2 + Debug>(_: T) {}\n}\n",
    "in tests": "pub fn f() -> u8 { 1 }\n\npub mod tests {\n«    use super::*;\n\n¦»    pub fn works() { assert_eq!(f(), 1); }\n}\n",
}


@pytest.mark.parametrize("name", CASES)
def test_the_import_comes_back(name: str) -> None:
    assert_restored(propose, CASES[name])


@pytest.mark.parametrize(
    "source",
    [
        "pub mod m {\n    pub fn f() -> Nothing { todo!() }\n}\n",
        "pub fn f() -> Nothing { todo!() }\n",
        "pub struct A;\npub mod m {\n    use super::*;\n    pub fn f() -> (A, Gone) { todo!() }\n}\n",
    ],
)
def test_it_is_silent_where_the_parent_does_not_help(source: str) -> None:
    assert_silent(propose, source)


def test_the_rules_of_proposers_are_kept() -> None:
    check_proposer(propose, [pair(text)[0] for text in CASES.values()])
