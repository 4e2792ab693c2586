"""Imports by a path that items have left."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.moved_items import propose

RESTORED = {
    "a module that has another name now": """pub mod parser {
    pub enum Expr { N(f64) }
    pub enum Op { Add }
}
pub mod eval {
    use crate::«parser¦ast»::{Expr, Op};
    pub fn eval(e: &Expr, _o: &Op) -> f64 { match e { Expr::N(n) => *n } }
}
""",
    "an item that went into another module": """pub mod model { pub struct Item; }
pub mod store {
    pub struct Shelf;
    pub mod deep { pub struct Box; }
}
pub mod report {
    use crate::«store::deep¦model»::Box;
    use crate::store::Shelf;
    pub fn f(_: Box, _: Shelf, _: crate::model::Item) {}
}
""",
    "names that parted": """pub mod a { pub struct One; }
pub mod b { pub struct Two; }
pub mod c {
    «use crate::a::One;
    use crate::b::Two;¦use crate::a::{One, Two};»
    pub fn f(_: One, _: Two) {}
}
""",
}
SILENT = [
    "pub mod a { pub struct X; } pub mod b { pub struct X; } pub mod c { use crate::d::X; pub fn f(_: X) {} }",
    "use std::colections::HashMap; pub fn f(_: HashMap<u8, u8>) {}",
    "pub mod c { use crate::d::Missing; pub fn f(_: Missing) {} }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_is_not_clear_is_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
