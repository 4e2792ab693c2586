"""Calls that lost their ``self.`` or ``Self::``."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_receivers import propose

RESTORED = {
    "a method of a bound": """pub trait Loud { fn loud(&self) -> String; }
impl<T: AsRef<str>> Loud for T { fn loud(&self) -> String { «self.¦»as_ref().to_uppercase() } }
""",
    "a method of its own": """pub struct Pool { free: Vec<u8> }
impl Pool {
    fn grow(&mut self) { self.free.push(0); }
    pub fn take(&mut self) -> Option<u8> { «self.¦»grow(); self.free.pop() }
}
""",
    "a function of the type": """pub struct Pool(u8);
impl Pool {
    fn least() -> u8 { 1 }
    pub fn make() -> Pool { Pool(«Self::¦»least()) }
}
""",
}
SILENT = [
    "pub fn f() { missing(); }",
    "pub struct S;\nimpl S { pub fn f() { missing(); } }",
    "pub struct S;\nimpl S { pub fn f(&self) -> u8 { missing } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_calls_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
