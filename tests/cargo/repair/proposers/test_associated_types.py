"""Associated types that are not named, misnamed, or misplaced."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.associated_types import propose

RESTORED = {
    "misnamed in the trait": """
        pub trait Graph { type Node; type Edge; fn first(&self) -> Option<Self::«Node¦Nodes»>;
            fn link(&self, edge: Self::Edge); }
    """,
    "misnamed in a bound": """
        pub fn total<I: Iterator<Item = u32>>(items: I) -> u32 { items.sum() }
        pub trait Source { type Output; fn read(&mut self) -> Self::Output; }
        pub fn twice<S: Source>(source: &mut S) -> (S::«Output¦Ouput», S::Output) { (source.read(), source.read()) }
    """,
    "object without its type": """
        pub trait Decode { type Value; fn decode(&self, text: &str) -> Self::Value; }
        pub struct A; pub struct B;
        impl Decode for A { type Value = u64; fn decode(&self, text: &str) -> u64 { text.len() as u64 } }
        impl Decode for B { type Value = u64; fn decode(&self, _text: &str) -> u64 { 0 } }
        pub fn pick(first: bool) -> Box<dyn Decode«<Value = u64>¦»> { if first { Box::new(A) } else { Box::new(B) } }
    """,
    "lost declaration": """
        pub trait Machine {
            «type State;
            ¦»fn state(&self) -> Self::State;
            fn enter(&mut self, state: Self::State);
        }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub trait A { type B; } pub struct C; impl A for C {}",
    "pub fn f<T: Iterator>(t: T) -> u8 { t.next() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_type_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
