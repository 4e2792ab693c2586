"""Lifetimes under reserved names, declared twice, or where none may stand."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lifetime_rules import propose

RESTORED = {
    "a reserved name": """
        pub fn first<'«a¦static»>(text: &'«a¦static» [u8]) -> Option<&'«a¦static» u8> { text.first() }
    """,
    "declared by the impl and again": """
        pub struct Text<'a> { text: &'a str }
        impl<'a> Text<'a> { pub fn same«¦<'a>»(&self, other: &'a str) -> bool { self.text == other } }
    """,
    "two bounds": """
        pub trait Job {}
        pub struct Queue<'a> { jobs: Vec<Box<dyn Job + 'a«¦ + 'static»>> }
    """,
    "two parameters of one name": """
        pub fn both<T, «U¦T»>(left: T, right: «U¦T») { drop(left); drop(right) }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f() -> u8 { nothing(3) }",
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
