"""Counting with characters."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.letter_arithmetic import propose

RESTORED = {
    "the next one": "pub fn f(c: char) -> char { «(c as u8 + 1) as char¦c + 1» }\n",
    "by a number": "pub fn f(c: char, n: u32) -> String { let d = «(c as u8 + n as u8) as char¦c + n»; d.to_string() }\n",
    "a distance": "pub fn f(c: char) -> usize { («c as u8 - b'a'¦c - 'a'») as usize }\n",
    "a digit": "pub fn f(c: char) -> u32 { «(c as u8 - b'0') as u32¦c - '0'» }\n",
}
SILENT = [
    'pub fn f(c: char) -> char { c + "a" }',
    "pub fn f(c: char) -> bool { c > 3 }",
    "pub fn f(c: char) -> char { c * 2 }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
