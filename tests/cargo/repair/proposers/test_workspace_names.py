"""Paths, re-exports, macros and features between crates, told by the real cargo without network."""

from __future__ import annotations

from pathlib import Path

import pytest
from cargo_scenes import Propose, assert_nothing, assert_scene, package

from rusta_cargo.repair.proposers import configured_out, crate_roots, macro_hygiene, reexports

LIB = {"Cargo.toml": package("my-shop"), "src/lib.rs": "pub mod cart;\n", "src/cart.rs": "pub struct Cart;\n"}
PAIR = {
    "Cargo.toml": '[workspace]\nmembers = ["base", "app"]\nresolver = "2"\n',
    "base/Cargo.toml": package("base", "\n[features]\nfast = []\n"),
    "base/src/lib.rs": 'mod shape;\n\npub use shape::{Dot, Line};\n\n#[cfg(feature = "fast")]\npub fn quick() {}\n',
    "base/src/shape.rs": "pub struct Dot;\npub struct Line;\n",
    "app/Cargo.toml": package("app", '\n[dependencies]\nbase = { path = "../base", features = ["fast"] }\n'),
    "app/src/lib.rs": "pub fn f() -> (base::Dot, base::Line) {\n    base::quick();\n    (base::Dot, base::Line)\n}\n",
}
MACRO = "#[macro_export]\nmacro_rules! dot {\n    () => {\n        $crate::shape::Dot { x: $crate::one() }\n    };\n}\n"
WITH_MACRO = {
    **PAIR,
    "base/src/lib.rs": f"{MACRO}pub mod shape;\npub fn one() -> u8 {{\n    1\n}}\n",
    "base/src/shape.rs": "pub struct Dot {\n    pub x: u8,\n}\n",
    "base/Cargo.toml": package("base"),
    "app/Cargo.toml": package("app", '\n[dependencies]\nbase = { path = "../base" }\n'),
    "app/src/lib.rs": "pub fn f() -> u8 {\n    base::dot!().x\n}\n",
}
USE = "use my_shop::cart::Cart;\n\nfn main() {\n    let _ = Cart;\n}\n"
# name: (proposer, whole, broken)
SCENES: dict[str, tuple[Propose, dict[str, str], dict[str, str]]] = {
    "crate in an example": (
        crate_roots.propose, {**LIB, "examples/one.rs": USE}, {"examples/one.rs": USE.replace("my_shop", "crate")},
    ),
    "a dash in a path": (
        crate_roots.propose, {**LIB, "src/main.rs": USE}, {"src/main.rs": USE.replace("my_shop", "my-shop")},
    ),
    "the library by its own name": (
        crate_roots.propose,
        {**LIB, "src/lib.rs": "pub mod cart;\npub mod till;\n", "src/till.rs": "pub use crate::cart::Cart;\n"},
        {"src/till.rs": "pub use my_shop::cart::Cart;\n"},
    ),
    "one name of a list": (
        reexports.propose, PAIR,
        {"base/src/lib.rs": PAIR["base/src/lib.rs"].replace("{Dot, Line}", "Line"),
         "app/src/lib.rs": PAIR["app/src/lib.rs"].replace("base::Dot", "Dot").replace("pub fn", "use base::Dot;\n\npub fn")},
    ),
    "the features of a dependency": (
        configured_out.propose, PAIR,
        {"app/Cargo.toml": package("app", '\n[dependencies]\nbase = { path = "../base" }\n')},
    ),
    "a misspelt feature": (
        configured_out.propose, PAIR,
        {"base/src/lib.rs": PAIR["base/src/lib.rs"].replace('"fast"', '"fats"')},
    ),
    "a function for tests only": (
        configured_out.propose,
        {**LIB, "src/cart.rs": "pub struct Cart;\nimpl Cart {\n    pub fn sum(&self) -> u8 {\n        self.one()\n    }\n"
         "    pub fn one(&self) -> u8 {\n        1\n    }\n}\n"},
        {"src/cart.rs": "pub struct Cart;\nimpl Cart {\n    pub fn sum(&self) -> u8 {\n        self.one()\n    }\n"
         "    #[cfg(test)]\n    pub fn one(&self) -> u8 {\n        1\n    }\n}\n"},
    ),
    "crate in an exported macro": (
        macro_hygiene.propose, WITH_MACRO,
        {"base/src/lib.rs": WITH_MACRO["base/src/lib.rs"].replace("$crate", "crate")},
    ),
    "bare names in an exported macro": (
        macro_hygiene.propose, WITH_MACRO,
        {"base/src/lib.rs": WITH_MACRO["base/src/lib.rs"].replace("$crate::one", "one")},
    ),
    "a macro below its use": (
        macro_hygiene.propose,
        {**LIB, "src/lib.rs": "#[macro_use]\nmod macros;\npub mod cart;\n",
         "src/macros.rs": "macro_rules! unit { ($n:ident) => { pub struct $n; } }\n", "src/cart.rs": "unit!(Cart);\n"},
        {"src/lib.rs": "pub mod cart;\n#[macro_use]\nmod macros;\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_the_crates_fit_again(name: str, tmp_path: Path) -> None:
    propose, whole, broken = SCENES[name]
    if name == "one name of a list":
        # The use stays as it is; only the list is mended.
        whole = {**whole, "app/src/lib.rs": broken["app/src/lib.rs"]}
    assert_scene(propose, tmp_path, whole, broken)


def test_they_are_silent_on_what_is_nowhere(tmp_path: Path) -> None:
    files = {**LIB, "src/lib.rs": "pub mod cart;\nuse crate::gone::Thing;\npub fn f() -> Thing { x }\n"}
    for propose in (crate_roots.propose, reexports.propose, configured_out.propose, macro_hygiene.propose):
        assert_nothing(propose, tmp_path, files)
