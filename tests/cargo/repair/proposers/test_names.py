"""Names and paths that lead nowhere."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.names import propose
from rusta_cargo.repair.std_names import children, named, read_all_items, std_modules, std_names

RESTORED = {
    "module of the standard library": "use std::«collections¦colections»::BTreeMap;\npub type T = BTreeMap<u8, u8>;",
    "own module": """pub mod utils { pub fn help() -> u8 { 1 } }
use crate::«utils¦utlis»::help;
pub fn f() -> u8 { help() }
""",
    "item of a module": "pub mod utils { pub fn helper() -> u8 { 1 } }\npub fn f() -> u8 { utils::«helper¦hepler»() }",
    "the local that fits": "pub fn f(xs: &[u8]) -> usize { let count = xs.len(); «count¦total» }",
    "accumulator": """pub fn f(xs: &[u32]) -> u32 {
«    let mut total = 0;
¦»    for x in xs {
        total += x;
    }
    total
}
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f(x: &u8) { *x = 1; }",
    "pub struct A; impl A { pub fn f(&self) { self.go(); } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_the_name_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_misspelt_and_not_imported() -> None:
    good = fixes(propose, "pub fn f() -> usize { let m = HashMp::<u8, u8>::new(); m.len() }")
    assert any("HashMap::<u8, u8>::new()" in text for text in good)


def test_an_import_that_leads_nowhere_and_is_not_used() -> None:
    good = fixes(propose, "use crate::gone::Thing;\npub fn f() -> u8 {\n    1\n}\n")
    assert good == ["pub fn f() -> u8 {\n    1\n}\n"]


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])


def test_names_of_the_standard_library() -> None:
    assert named("HashMap")[0].path == "std::collections::HashMap"
    assert named("Display", "trait")[0].path == "std::fmt::Display"
    assert {"collections", "fmt", "io"} <= set(children("std"))
    assert "std::collections" in std_modules()
    assert len(std_names()) > 1000


def test_the_list_is_read_from_rustdoc() -> None:
    page = '<a href="../x.html">no</a><a href="fmt/trait.Debug.html">fmt::Debug</a><a href="macro.vec.html">vec</a>'
    assert [(row.kind, row.path) for row in read_all_items(page)] == [
        ("trait", "std::fmt::Debug"),
        ("macro", "std::vec"),
    ]
