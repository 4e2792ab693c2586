"""Modules that nothing declares."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

from rusta_cargo.repair.proposers.lost_modules import propose

TOKEN = "pub struct Token;\npub fn token() -> Token { Token }\n"
# name: (files without the declaration, the file that lacks it, what it should be)
LOST: dict[str, tuple[dict[str, str], str, str]] = {
    "among its siblings": (
        {"lib.rs": "mod parse;\nmod zoo;\npub use parse::go;\npub use zoo::ape;\n", "token.rs": TOKEN,
         "zoo.rs": "pub fn ape() {}\n", "parse.rs": "use crate::token::Token;\npub fn go() -> Token { Token }\n"},
        "lib.rs",
        "mod parse;\nmod token;\nmod zoo;\npub use parse::go;\npub use zoo::ape;\n",
    ),
    "with the visibility of its siblings": (
        {"lib.rs": "pub mod parse;\n", "token.rs": TOKEN, "parse.rs": "pub fn go() { crate::token::token(); }\n"},
        "lib.rs",
        "pub mod parse;\npub mod token;\n",
    ),
    "below another module": (
        {"lib.rs": "mod a;\npub fn f() { a::b::go(); }\n", "a/mod.rs": "pub mod c;\n", "a/c.rs": "",
         "a/b.rs": "pub fn go() {}\n"},
        "a/mod.rs",
        "pub mod b;\npub mod c;\n",
    ),
    "with the attribute that tells its file": (
        {"lib.rs": '#[path = "unix.rs"]\n\npub fn f() { sys::go(); }\n', "unix.rs": "pub fn go() {}\n"},
        "lib.rs",
        '#[path = "unix.rs"]\nmod sys;\n\npub fn f() { sys::go(); }\n',
    ),
    "for an exported macro": (
        {"lib.rs": "mod a;\npub use a::go;\n", "a.rs": "pub fn go() -> u8 { crate::one!() }\n",
         "made.rs": "#[macro_export]\nmacro_rules! one { () => { 1 } }\n"},
        "lib.rs",
        "mod a;\nmod made;\npub use a::go;\n",
    ),
    "for a macro of the crate": (
        {"lib.rs": "mod calc;\npub use calc::go;\n", "calc.rs": "pub fn go() -> u8 { one!() }\n",
         "arith.rs": "macro_rules! one { () => { 1 } }\n"},
        "lib.rs",
        "#[macro_use]\nmod arith;\nmod calc;\npub use calc::go;\n",
    ),
    "for a macro in a folder": (
        {"lib.rs": "mod calc;\npub use calc::go;\n", "calc.rs": "pub fn go() -> u8 { one!() }\n",
         "arith/mod.rs": "macro_rules! one { () => { 1 } }\n"},
        "lib.rs",
        "#[macro_use]\nmod arith;\nmod calc;\npub use calc::go;\n",
    ),
    "the first": (
        {"lib.rs": "pub fn f() { sys::go(); }\n", "sys.rs": "pub fn go() {}\n"},
        "lib.rs",
        "mod sys;\n\npub fn f() { sys::go(); }\n",
    ),
}  # fmt: skip
SILENT = [
    {"lib.rs": "use crate::token::Token;\npub fn f(_: Token) {}\n"},
    {"lib.rs": "mod token;\nuse crate::tokens::Token;\npub fn f(_: Token) {}\n", "token.rs": TOKEN},
    {"lib.rs": "mod token;\npub fn f() { token::nothing(); }\n", "token.rs": TOKEN},
    {"lib.rs": "pub fn f() { serde::nothing(); }\n", "token.rs": TOKEN},
    {"lib.rs": "pub fn f() -> u8 { one!() }\n", "made.rs": "macro_rules! two { () => { 1 } }\n"},
]


@pytest.mark.parametrize("name", LOST)
def test_declares(name: str) -> None:
    broken, path, text = LOST[name]
    assert_fixed(propose, broken, {**broken, path: text})


@pytest.mark.parametrize("source", SILENT)
def test_other_paths_are_left_alone(source: dict[str, str]) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [broken for broken, _, _ in LOST.values()])
