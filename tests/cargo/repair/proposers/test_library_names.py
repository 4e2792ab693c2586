"""Libraries that their users know by another name, and names of other crates that no import brings."""

from __future__ import annotations

from pathlib import Path

import pytest
from cargo_scenes import assert_nothing, assert_scene, package

from rusta_cargo.repair.proposers import library_names, lost_imports, manifest

LIB = "pub fn go() -> Value { Value(1) }\n#[derive(Debug, PartialEq)]\npub struct Value(pub u8);\n"
LONE = {
    "Cargo.toml": package("cells"),
    "src/lib.rs": LIB,
    "tests/all.rs": "use cells::go;\n\n#[test]\nfn goes() {\n    assert_eq!(go().0, 1);\n}\n",
}
MEMBERS = {
    "Cargo.toml": '[workspace]\nmembers = ["core", "app"]\nresolver = "2"\n',
    "core/Cargo.toml": package("my-core", '\n[lib]\nname = "my_core"\n'),
    "core/src/lib.rs": "pub type Result<T> = std::result::Result<T, u8>;\npub mod deep {\n    pub struct Deep;\n}\npub struct One;\npub struct Two;\n",
    "app/Cargo.toml": package("app", '\n[dependencies]\nmy-core = { path = "../core" }\n'),
    "app/src/lib.rs": "use my_core::{One, Result, Two};\n\npub fn f(_: One, two: Two) -> Result<Two> {\n    Ok(two)\n}\n",
}


def test_the_package_gets_its_name_back(tmp_path: Path) -> None:
    assert_scene(library_names.propose, tmp_path, LONE, {"Cargo.toml": package("sheets")})


def test_the_library_gets_its_name_back(tmp_path: Path) -> None:
    broken = {"core/Cargo.toml": package("my-core", '\n[lib]\nname = "mycore"\n')}
    assert_scene(library_names.propose, tmp_path, MEMBERS, broken)


def test_crates_that_are_nowhere(tmp_path: Path) -> None:
    files = {**LONE, "src/lib.rs": f"use sered::Value as Other;\n{LIB}pub fn f(_: Other) {{}}\n"}
    assert_nothing(library_names.propose, tmp_path, files)


def test_an_import_of_many_names_of_another_member(tmp_path: Path) -> None:
    broken = {"app/src/lib.rs": MEMBERS["app/src/lib.rs"].partition("\n\n")[2]}
    whole = {**MEMBERS, "app/src/lib.rs": MEMBERS["app/src/lib.rs"]}
    assert_scene(lost_imports.propose, tmp_path, whole, broken)


@pytest.mark.parametrize("name", ["Missing", "Hidden"])
def test_names_that_no_crate_has_for_others(tmp_path: Path, name: str) -> None:
    files = {
        **LONE,
        "src/lib.rs": f"{LIB}struct Hidden;\n",
        "examples/e.rs": f"fn main() {{ let _: {name}; cells::go(); }}\n",
    }
    assert_nothing(lost_imports.propose, tmp_path, files)


def test_a_package_that_lost_its_edition(tmp_path: Path) -> None:
    plain = {
        "src/lib.rs": "pub fn go() -> u8 { 1 }\n",
        "tests/all.rs": "use cells::go;\n\n#[test]\nfn goes() {\n    go();\n}\n",
    }
    whole = {"Cargo.toml": package("cells"), **plain}
    assert_scene(manifest.propose, tmp_path, whole, {"Cargo.toml": package("cells").replace('edition = "2021"\n', "")})
