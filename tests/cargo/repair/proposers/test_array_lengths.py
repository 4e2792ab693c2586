"""Lengths of arrays that are written out."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.array_lengths import propose

CASES = {
    "a constant of a type": "#[derive(Clone, Copy)]\npub enum L { A, B, C }\nimpl L {\n"
    "    pub const ALL: [L; «3¦2»] = [L::A, L::B, L::C];\n}\n",
    "a static": 'pub static NAMES: [&str; «2¦3»] = ["one", "two"];\n',
    "a local": "pub fn f() -> u8 {\n    let a: [u8; «4¦3»] = [1, 2, 3, 4];\n    a[3]\n}\n",
    "behind a constant": "const N: usize = «3¦2»;\npub const T: [u8; N] = [1, 2, 3];\n",
}


@pytest.mark.parametrize("name", CASES)
def test_the_length_is_that_of_the_elements(name: str) -> None:
    assert_restored(propose, CASES[name])


@pytest.mark.parametrize(
    "source",
    [
        "pub fn f(a: [u8; 2]) -> [u8; 3] { a }\n",
        'pub fn f() -> u8 { "" }\n',
        "pub const A: [u8; 2] = [1; 2u8];\n",
    ],
)
def test_it_is_silent_elsewhere(source: str) -> None:
    assert_silent(propose, source)


def test_the_rules_of_proposers_are_kept() -> None:
    check_proposer(propose, [pair(text)[0] for text in CASES.values()])
