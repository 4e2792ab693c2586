"""Traits that lost their arguments in the head of an impl."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.trait_arguments import propose

RESTORED = {
    "a conversion": """pub struct Metres(pub u32);
impl From«<u32>¦» for Metres { fn from(length: u32) -> Self { Metres(length) } }
""",
    "a collection": """pub struct Bag(Vec<u8>);
impl std::iter::FromIterator«<u8>¦» for Bag {
    fn from_iter<I: IntoIterator<Item = u8>>(items: I) -> Self { Bag(items.into_iter().collect()) }
}
""",
    "a lent part": """pub struct Name(String);
impl AsRef«<str>¦» for Name { fn as_ref(&self) -> &str { &self.0 } }
""",
    "a trait of the crate": """pub trait Visit<T> { fn visit(&mut self, node: &T) -> usize; }
pub struct Count;
impl Visit«<String>¦» for Count { fn visit(&mut self, node: &String) -> usize { node.len() } }
""",
}
SILENT = {
    "a struct": """pub struct Pair<T>(T, T);
impl Pair { pub fn two() -> usize { 2 } }
""",
    "no function tells": """pub trait Tag<T> { fn name(&self) -> &str; }
impl Tag for u8 { fn name(&self) -> &str { "byte" } }
""",
    "a bound": """pub fn f<T: Into>(value: T) -> u8 { value.into() }
""",
}


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_what_the_author_wrote(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("name", SILENT)
def test_it_has_nothing_to_say(name: str) -> None:
    assert_silent(propose, SILENT[name])


def test_it_keeps_to_what_every_proposer_keeps() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT.values()])
