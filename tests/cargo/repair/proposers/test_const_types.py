"""Constants of an impl whose type is not the trait's."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.const_types import propose

RESTORED = {
    "a number": """pub trait Limit { const MAX: u64; }
pub struct A;
impl Limit for A { const MAX: «u64¦u32» = 10; }
""",
    "a text": """pub trait Named { const NAME: &'static str; }
pub struct A;
pub struct B;
impl Named for A { const NAME: «&'static str¦String» = «"a"¦String::from("a")»; }
impl Named for B { const NAME: &'static str = "b"; }
""",
    "another literal": """pub trait Rate { const RATE: f64; }
pub struct A;
impl Rate for A { const RATE: «f64¦i32» = «3.0¦3»; }
""",
    "the trait, where the value is no other": """pub trait On { const ON: «u32¦bool»; }
pub struct A;
impl On for A { const ON: u32 = 5; }
""",
}
SILENT = [
    "pub trait A { const N: u8; }\npub struct S;\nimpl A for S {}",
    'pub trait A { const N: u8; }\npub struct S;\nimpl A for S { const N: u8 = "x"; }',
    "pub trait A { fn n() -> u8; }\npub struct S;\nimpl A for S { fn n() -> u16 { 1 } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
