"""Imports by a path that items have left."""

from __future__ import annotations

from pathlib import Path

import pytest
from cargo_scenes import assert_scene, package
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


def test_names_that_another_package_has_are_imported_from_there(tmp_path: Path) -> None:
    line = "use shop_model::{Item, Price};\n\npub fn f(_: Item, p: Price) -> u8 {\n    p.0\n}\n"
    whole = {
        "Cargo.toml": '[workspace]\nmembers = ["model", "till"]\nresolver = "2"\n',
        "model/Cargo.toml": package("shop-model"),
        "model/src/lib.rs": "mod item;\npub use item::{Item, Price};\n",
        "model/src/item.rs": "pub struct Item;\npub struct Price(pub u8);\n",
        "till/Cargo.toml": package("till", '\n[dependencies]\nshop-model = { path = "../model" }\n'),
        "till/src/lib.rs": "mod sale;\npub use sale::f;\n",
        "till/src/sale.rs": line,
    }
    assert_scene(propose, tmp_path, whole, {"till/src/sale.rs": line.replace("shop_model::", "crate::model::")})
