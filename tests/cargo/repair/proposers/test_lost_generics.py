"""Type parameters that lost their declaration."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_generics import propose

RESTORED = {
    "those of a struct, as its impl names them": """pub struct Limit«<'a, T>¦» { sink: &'a T, most: usize }
impl<'a, T: AsRef<str>> Limit<'a, T> { pub fn left(&self) -> usize { self.most - self.sink.as_ref().len() } }
""",
    "with what its bound speaks of": """pub trait Matrix<T> { fn at(&self, n: usize) -> T; }
pub fn low<T: PartialOrd + Copy, M: Matrix<T>>(matrix: &M) -> bool { matrix.at(0) < matrix.at(1) }
pub fn high«<T: PartialOrd + Copy, M: Matrix<T>>¦»(matrix: &M) -> bool { matrix.at(0) > matrix.at(1) }
""",
    "a where clause beside it": """use std::fmt::Display;
pub fn one<T>(value: T) -> String
where
    T: Display,
{
    value.to_string()
}
pub fn two«<T: Display>¦»(value: T) -> String { format!("{value}") }
""",
    "one of two": """pub fn both<K: Ord, V: Clone>(key: K, value: &V) -> (K, V) { (key, value.clone()) }
pub fn more<K: Ord«, V: Clone¦»>(key: K, value: &V) -> (K, V) { (key, value.clone()) }
""",
    "its bound stands there": """pub fn skip«<F>¦»(text: &str, keep: F) -> &str
where
    F: Fn(char) -> bool,
{
    text.trim_start_matches(|c| !keep(c))
}
""",
    "the length of an array": """pub fn first«<const K: usize>¦»(from: &[u8]) -> Option<[u8; K]> {
    from.get(..K)?.try_into().ok()
}
""",
    "a constant as the impl beside it has it": """pub struct Ring<T, const N: usize> { items: [T; N] }
impl<T, const N: usize> Ring<T, N> { pub fn items(&self) -> &[T; N] { &self.items } }
impl<T: Default + Copy«, const N: usize¦»> Default for Ring<T, N> { fn default() -> Self { Ring { items: [T::default(); N] } } }
""",
    "the length that a struct holds": """pub struct Block«<const N: usize>¦» { bytes: [u8; N] }
impl<const N: usize> Block<N> { pub fn bytes(&self) -> &[u8; N] { &self.bytes } }
""",
}
SILENT = [
    "pub fn g<N>(x: N) -> N { x } pub fn f() -> usize { N }",
    "pub fn f() -> usize { K + 1 }",
    "pub fn f(x: T) -> T { x }",
    "pub fn g<T>(x: T) -> T { x } pub fn f(x: Missing) -> u8 { 1 }",
    "pub fn g<U>(x: U) -> U { x } pub fn f(x: T) -> u8 { 1 }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_nothing_declares_is_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
