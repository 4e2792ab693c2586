"""Generic parameters that are called and have lost their bound."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.called_parameters import propose

RESTORED = {
    "the value of the function": "pub fn apply<F«: Fn(u32) -> u32¦»>(f: F, n: u32) -> u32 { f(n) }\n",
    "called for what it does": """pub fn each<F«: FnMut(u8)¦»>(n: u8, mut f: F) {
    f(n);
    f(n);
}
""",
    "a condition": """pub fn any<P«: Fn(char) -> bool¦»>(p: P, c: char) -> u8 {
    if p(c) { 1 } else { 0 }
}
""",
}
SILENT = [
    "pub fn f(n: u8) -> u8 { n(1) }",
    "pub fn f<F>(f: F) -> u8 { missing(f) }",
    "pub fn f<T>(t: T) -> T { t + t }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_calls_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
