"""Module files and mod lines that say different names."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.renamed_modules import propose

SCAN = "pub struct Scan;\npub fn scan() -> Scan { Scan }\n"
# name: (broken, whole)
RENAMED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "the file, and paths say the old name": (
        {"lib.rs": "mod lex;\nmod parse;\npub use lex::Scan;\npub use parse::go;\n", "scan.rs": SCAN,
         "parse.rs": "use crate::lex::{scan, Scan};\npub fn go() -> Scan { let lex = scan(); lex }\n"},
        {"lib.rs": "mod scan;\nmod parse;\npub use scan::Scan;\npub use parse::go;\n", "scan.rs": SCAN,
         "parse.rs": "use crate::scan::{scan, Scan};\npub fn go() -> Scan { let lex = scan(); lex }\n"},
    ),
    "the declaration alone": (
        {"lib.rs": "mod lex;\npub fn go() -> scan::Scan { crate::scan::scan() }\n", "scan.rs": SCAN},
        {"lib.rs": "mod scan;\npub fn go() -> scan::Scan { crate::scan::scan() }\n", "scan.rs": SCAN},
    ),
    "a folder": (
        {"lib.rs": "pub mod form;\npub fn go() { form::parse(); }\n", "forms/mod.rs": "mod inner;\npub use inner::parse;\n",
         "forms/inner.rs": "pub fn parse() {}\n"},
        {"lib.rs": "pub mod forms;\npub fn go() { forms::parse(); }\n", "forms/mod.rs": "mod inner;\npub use inner::parse;\n",
         "forms/inner.rs": "pub fn parse() {}\n"},
    ),
    "among files that have other things": (
        {"lib.rs": "mod lex;\npub fn go() { lex::scan(); }\n", "notes.rs": "pub fn note() {}\n", "scan.rs": SCAN},
        {"lib.rs": "mod scan;\npub fn go() { scan::scan(); }\n", "notes.rs": "pub fn note() {}\n", "scan.rs": SCAN},
    ),
}  # fmt: skip
SILENT = [
    {"lib.rs": "mod lex;\npub fn go() { lex::scan(); }\n"},
    {"lib.rs": "mod lex;\nmod scan;\npub fn go() { lex::scan(); scan::scan(); }\n", "scan.rs": SCAN},
    {"lib.rs": "mod lex;\npub fn go() { lex::token(); }\n", "scan.rs": SCAN},
]


@pytest.mark.parametrize("name", RENAMED)
def test_file_and_declaration_agree(name: str) -> None:
    assert_fixed(propose, *RENAMED[name])


@pytest.mark.parametrize("source", SILENT)
def test_modules_without_a_file_of_theirs(source: dict[str, str]) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [broken for broken, _ in RENAMED.values()])
