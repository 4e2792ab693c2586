"""Closures that capture where a function pointer is declared."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.capturing_closures import propose

RESTORED = {
    "given back": "pub fn f(k: u32) -> «impl Fn¦fn»(u32) -> u32 { «move ¦»|x| x + k }\n",
    "a parameter": """fn apply(g: «impl Fn¦fn»(u32) -> u32, x: u32) -> u32 { g(x) }
pub fn f(k: u32) -> u32 { apply(|x| x + k, 3) }
""",
    "a local": "pub fn f(k: u32) -> u32 { let g«¦: fn(u32) -> u32» = |x| x + k; g(2) }\n",
}
SILENT = [
    "pub fn f() -> fn(u32) -> u32 { 3 }",
    "fn g(_: fn(u8) -> u8) {}\npub fn f() { g(3) }",
    "pub fn f(k: u32) -> u32 { let g = |x| x + k; g }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
