"""Attributes that lost a sign."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.attribute_signs import propose

CASES = {
    "derive without its hash": "«#[derive(Debug, Clone)]¦[derive(Debug, Clone)]»\npub struct A(pub u8);\n",
    "a test without brackets": "pub fn f() {}\n\n«#[test]¦#test»\nfn works() { f() }\n",
    "as other languages write it": "pub struct S;\nimpl S {\n    «#[must_use]¦@must_use»\n    pub fn f(&self) -> u8 { 1 }\n}\n",
    "round brackets": "«#[derive(Default)]¦#(derive(Default))»\npub struct B {\n    pub x: u8,\n}\n",
    "on a module": "«#[cfg(test)]¦[cfg(test)]»\nmod tests {\n    #[test]\n    fn one() {}\n}\n",
    "with its item": "«#[inline]¦#inline» pub fn f() -> u8 {\n    1\n}\n",
}


@pytest.mark.parametrize("name", CASES)
def test_the_attribute_is_whole_again(name: str) -> None:
    assert_restored(propose, CASES[name])


@pytest.mark.parametrize(
    "source",
    ["pub fn f() -> [u8; 2] {\n    [test, 1\n}\n", "pub fn f() {\n    let x = ;\n}\n", "[1, 2]\npub fn f() {}\n"],
)
def test_it_is_silent_without_an_attribute(source: str) -> None:
    assert_silent(propose, source)


def test_the_rules_of_proposers_are_kept() -> None:
    check_proposer(propose, [pair(text)[0] for text in CASES.values()])
