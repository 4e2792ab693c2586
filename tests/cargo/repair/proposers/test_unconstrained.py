"""Parameters of an impl that nothing fixes."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.unconstrained import propose

RESTORED = {
    "a parameter of one method": """
        pub struct Reader;
        impl«¦<T: Default>» Reader { pub fn read«<T: Default>¦»(&self) -> T { T::default() } }
    """,
    "a parameter without use": """
        pub struct Reader;
        impl«¦<T>» Reader { pub fn read(&self) -> u8 { 0 } }
    """,
    "a lifetime without use": """
        pub trait Size { fn size(&self) -> usize; }
        impl<'a«¦, const N: usize»> Size for &'a str { fn size(&self) -> usize { self.len() } }
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
