"""Mutable borrows that are only read."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.read_only_borrows import propose

RESTORED = {
    "two locals": """pub fn f() -> usize {
    let mut v = vec![1];
    v.push(2);
    let a = &«¦mut »v;
    let b = &«¦mut »v;
    a.len() + b.len()
}
""",
    "a shared one beside it": """pub fn f(v: &mut Vec<u8>) -> String {
    let first = &«¦mut »v[0];
    let whole = &v;
    format!("{} {}", first, whole.len())
}
""",
    "fields": """pub struct S { name: String }
pub fn f(s: &mut S) -> bool {
    let one = &«¦mut »s.name;
    let other = &«¦mut »s.name;
    one.is_empty() == other.is_empty()
}
""",
}
SILENT = [
    "pub fn f(v: &mut Vec<u8>) { let a = &mut *v; let b = &mut *v; a.push(1); b.push(2); }",
    "pub fn f(v: &mut Vec<u8>) -> usize { let a = &mut v[0]; let n = v.len(); *a = 1; n }",
    "fn g(_: &mut u8, _: &mut u8) {}\npub fn f(n: &mut u8) { g(&mut *n, &mut *n) }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
