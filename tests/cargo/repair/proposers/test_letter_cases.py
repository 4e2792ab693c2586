"""Characters in another case."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.letter_cases import propose

RESTORED = {
    "pushed": """pub fn f(s: &str) -> String {
    let mut out = String::new();
    for c in s.chars() {
        out.«extend¦push»(c.to_uppercase());
    }
    out
}
""",
    "one is wanted": "pub fn f(c: char) -> char { c.to_lowercase()«.next().unwrap()¦» }\n",
    "a text": "pub fn f(c: char) -> String { c.to_uppercase()«.to_string()¦» }\n",
}
SILENT = [
    "pub fn f(s: &str) -> char { s.to_uppercase() }",
    "pub fn f(c: char) -> String { let mut o = String::new(); o.push(1); o }",
    "pub fn f(c: char) -> u8 { c.to_uppercase() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
