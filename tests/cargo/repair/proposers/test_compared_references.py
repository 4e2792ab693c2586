"""References compared with plain values."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.compared_references import propose

RESTORED = {
    "in a filter": "pub fn f(v: &[i32]) -> usize { v.iter().filter(|x| «**x¦x» > 2).count() }\n",
    "one reference": "pub fn f(x: &u8) -> bool { «*x¦x» >= 7 }\n",
    "a field": "pub struct S<'a> { n: &'a i64 }\npub fn f(s: &S, k: i64) -> bool { «*s.n¦s.n» < k }\n",
}
SILENT = [
    'pub fn f(x: u8) -> bool { x > "a" }',
    "fn g(_: &u8) {}\npub fn f() { g(3) }",
    "pub fn f(x: &str) -> bool { x > 3 }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
