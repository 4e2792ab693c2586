"""Parameters of a type that nothing in it uses."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.unused_parameters import propose

RESTORED = {
    "a reference without its lifetime": """
        pub struct Page«¦<'a>» { text: String }
        impl Page«¦<'_>» { pub fn len(&self) -> usize { self.text.len() } }
    """,
    "a type parameter": """
        pub enum Level«¦<T>» { Low, High }
        pub fn low() -> Level«¦<u8>» { Level::Low }
    """,
    "one of two": """
        pub struct Pair<A«¦, B»> { left: A, right: A }
        pub fn sum(pair: Pair<u8«¦, u16»>) -> u8 { pair.left + pair.right }
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
