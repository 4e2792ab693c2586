"""Type parameters whose lost bound stands elsewhere."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.sibling_bounds import propose

RESTORED = {
    "at another parameter": """use std::future::Future;
pub async fn both<A, B>(a: A, b: B) -> (A::Output, B::Output)
where
    A: Future,«
    B: Future,¦»
{
    (a.await, b.await)
}
""",
    "in another impl": """pub struct Filter<F> { keep: F, kept: usize }
impl<F> Filter<F>
where
    F: Fn(&str) -> bool,
{
    pub fn new(keep: F) -> Self { Filter { keep, kept: 0 } }
    pub fn is_kept(&self, word: &str) -> bool { (self.keep)(word) }
}
pub trait Sink { fn word(&mut self, word: &str); }
impl<F«: Fn(&str) -> bool¦»> Sink for Filter<F> {
    fn word(&mut self, word: &str) {
        let keep = &self.keep;
        if keep(word) {
            self.kept += 1;
        }
    }
}
""",
    "in another function": """pub trait Shape { fn area(&self) -> f64; }
pub trait Solid { fn area(&self) -> f64; }
pub fn double<S: Shape>(shape: &S) -> f64 { 2.0 * shape.area() }
pub fn triple<S«: Shape¦»>(shape: &S) -> f64 { 3.0 * shape.area() }
""",
    "the whole where clause of a function beside it": """use std::borrow::Borrow;
use std::collections::BTreeMap;
pub struct Names<K> { all: BTreeMap<K, u8> }
impl<K: Ord> Names<K> {
    pub fn get<Q>(&self, key: &Q) -> Option<&u8>«
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    ¦ »{
        self.all.get(key)
    }

    pub fn take<Q>(&mut self, key: &Q) -> Option<u8>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.all.remove(key)
    }
}
""",
}
SILENT = [
    "pub fn f<T>(x: T) -> u8 { x.len() }",
    "pub trait A { type O; }\npub fn f<T: Clone>(x: T) -> T::O { x.clone() }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
