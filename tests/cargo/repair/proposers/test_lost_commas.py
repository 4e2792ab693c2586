"""Arguments that grew together."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_commas import propose

RESTORED = {
    "before a borrow": "fn g(a: u8, b: &u8) -> u8 { a + b }\npub fn f(a: u8, b: u8) -> u8 { g(a«,¦» &b) }\n",
    "before a closure": """fn apply(n: u8, with: impl Fn(u8) -> u8) -> u8 { with(n) }
pub fn f(n: u8) -> u8 { apply(n«,¦» |x| x + 1) }
""",
    "before a negative number": "fn g(a: i8, b: i8) -> i8 { a * b }\npub fn f(a: i8) -> i8 { g(a + 1«,¦» -2) }\n",
    "in a method call": """pub struct S;
impl S { fn set(&self, a: &u8, b: &u8) -> u8 { a + b } }
pub fn f(s: &S, n: u8) -> u8 { s.set(&n«,¦» &n) }
""",
}
SILENT = [
    "fn g(a: u8, b: u8) -> u8 { a + b }\npub fn f(a: u8) -> u8 { g(a) }",
    "fn g(a: u8) -> u8 { a }\npub fn f(a: u8) -> u8 { g(a, a & 1) }",
    'pub fn f(a: u8) -> bool { a & "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_calls_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
