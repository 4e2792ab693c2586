"""References in impls and bounds that have to name their lifetime."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.impl_lifetimes import propose

RESTORED = {
    "what the type holds": """pub trait Get<T> { fn get(&self) -> T; }
pub struct H<'a> { name: &'a str }
impl<'a> Get<&«'a ¦»str> for H<'a> { fn get(&self) -> &«'a ¦»str { self.name } }
""",
    "inside an option": """pub trait Pick<T> { fn pick(&self, n: usize) -> Option<T>; }
pub struct H<'x> { names: Vec<&'x str> }
impl<'x> Pick<&«'x ¦»str> for H<'x> {
    fn pick(&self, n: usize) -> Option<&«'x ¦»str> { self.names.get(n).copied() }
}
""",
    "an item of an iterator": """pub fn total<«'a, ¦»T>(xs: T) -> u32 where T: Iterator<Item = &«'a ¦»u32> { xs.sum() }
""",
    "a bound of a struct": "pub struct W<«'a, ¦»T: Iterator<Item = &«'a ¦»str>> { pub it: T }\n",
}
SILENT = [
    "pub struct S { name: &str }",
    "pub fn f(a: &str, b: &str) -> &str { a }",
    "pub struct H;\nimpl Iterator for H { type Item = &str; fn next(&mut self) -> Option<&str> { None } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
