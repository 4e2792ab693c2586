"""Misspelt names of what a macro makes."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.macro_items import propose

FLAGS = """macro_rules! flags {
    (pub struct $name:ident { $(const $flag:ident = $value:expr;)* }) => {
        pub struct $name(pub u32);
        impl $name {
            $(pub const $flag: u32 = $value;)*
        }
    };
}

flags! {
    pub struct Gear {
        const COOLED = 1;
        const LIFT_BACK = 2;
    }
}

"""
POINT = """macro_rules! record {
    ($name:ident { $($field:ident),* }) => {
        pub struct $name {
            $(pub $field: u32,)*
        }
    };
}

record! { Point { left, upper_edge } }

"""
CASES = [
    FLAGS + "pub fn f() -> u32 {\n    Gear::«LIFT_BACK¦LiftBack»\n}\n",
    FLAGS + "pub fn f() -> u32 {\n    Gear::«COOLED¦COOLD»\n}\n",
    POINT + "pub fn f(p: Point) -> u32 {\n    p.«upper_edge¦upperEdge»\n}\n",
]
SILENT = [
    FLAGS + "pub fn f() -> u32 {\n    Gear::NOTHING_OF_IT\n}\n",
    "pub struct Gear;\nimpl Gear {\n    pub const LIFT: u32 = 1;\n}\npub fn f() -> u32 {\n    Gear::Lift\n}\n",
    "pub fn f(n: u32) -> u32 {\n    n.pwo(2)\n}\n",
]


@pytest.mark.parametrize("marked", CASES)
def test_a_word_of_the_macro_is_meant(marked: str) -> None:
    assert_restored(propose, marked)


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_what_it_offers_is_sound() -> None:
    check_proposer(propose, [pair(marked)[0] for marked in CASES] + SILENT)
