"""Numbers that are joined, pieces of text looked for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.joined_values import propose

RESTORED = {
    "numbers": 'pub fn f(v: &[u32]) -> String { v«.iter().map(|x| x.to_string()).collect::<Vec<_>>()¦».join(",") }\n',
    "a vector of them": 'pub fn f(v: Vec<f64>) -> String { v«.iter().map(|x| x.to_string()).collect::<Vec<_>>()¦».join(" ") }\n',
    "a text that is looked for": "pub fn f(v: &[String], k: &str) -> bool { «v.iter().any(|x| x == k)¦v.contains(k)» }\n",
}
SILENT = [
    'pub struct P;\npub fn f(v: &[P]) -> String { v.join(",") }',
    'pub fn f(v: &[u8]) -> bool { v.contains("a") }',
    "fn g(_: &String) {}\npub fn f(k: &str) { g(k) }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
