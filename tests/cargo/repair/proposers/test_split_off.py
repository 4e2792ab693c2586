"""Items in a file of their own that nothing declares yet."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.split_off import propose

EDGE = "#[derive(Clone)]\npub struct Edge { pub to: u8 }\n"
# name: (broken, whole)
SPLIT: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "a type that one file uses": (
        {"lib.rs": "mod graph;\npub use graph::ends;\n", "edge.rs": EDGE,
         "graph.rs": "use std::fmt;\n\npub fn ends(e: &Edge, _: &dyn fmt::Debug) -> u8 { e.to }\n"},
        {"lib.rs": "mod edge;\nmod graph;\npub use graph::ends;\n", "edge.rs": EDGE,
         "graph.rs": "use std::fmt;\n\nuse crate::edge::Edge;\n\npub fn ends(e: &Edge, _: &dyn fmt::Debug) -> u8 { e.to }\n"},
    ),
    "a type that others import from where it was": (
        {"lib.rs": "pub mod graph;\npub use graph::Edge;\n", "edge.rs": EDGE,
         "graph.rs": "pub fn ends(e: &Edge) -> u8 { e.to }\n"},
        {"lib.rs": "pub mod edge;\npub mod graph;\npub use graph::Edge;\n", "edge.rs": EDGE,
         "graph.rs": "pub use crate::edge::Edge;\n\npub fn ends(e: &Edge) -> u8 { e.to }\n"},
    ),
    "a function and a trait": (
        {"lib.rs": "mod a;\npub use a::go;\n", "show.rs": "pub trait Show { fn show(&self) -> u8 { 1 } }\npub fn twice(n: u8) -> u8 { 2 * n }\n",
         "a.rs": "pub struct A;\nimpl Show for A {}\npub fn go() -> u8 { twice(2) }\n"},
        {"lib.rs": "mod a;\nmod show;\npub use a::go;\n", "show.rs": "pub trait Show { fn show(&self) -> u8 { 1 } }\npub fn twice(n: u8) -> u8 { 2 * n }\n",
         "a.rs": "use crate::show::{Show, twice};\n\npub struct A;\nimpl Show for A {}\npub fn go() -> u8 { twice(2) }\n"},
    ),
}  # fmt: skip
SILENT = [
    {"lib.rs": "pub fn f(e: &Edge) -> u8 { e.to }\n", "other.rs": "pub struct Edges;\n"},
    {"lib.rs": "mod edge;\npub fn f(e: &Edge) -> u8 { e.to }\n", "edge.rs": EDGE},
    {"lib.rs": "mod graph;\npub fn f() -> u8 { missing() }\n", "graph.rs": "", "edge.rs": EDGE},
]


@pytest.mark.parametrize("name", SPLIT)
def test_the_file_is_declared_and_its_items_imported(name: str) -> None:
    assert_fixed(propose, *SPLIT[name])


@pytest.mark.parametrize("source", SILENT)
def test_names_that_no_loose_file_has(source: dict[str, str]) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [broken for broken, _ in SPLIT.values()])
