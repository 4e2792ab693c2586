"""Paths into std in a crate that does without it."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.without_std import propose

FREED = (
    "#![no_std]\nuse «core¦std»::fmt;\n\npub struct A;\nimpl fmt::Display for A {\n"
    '    fn fmt(&self, f: &mut fmt::Formatter<\'_>) -> «core¦std»::fmt::Result { f.write_str("a") }\n}\n',
    "#![no_std]\nextern crate alloc;\nuse «alloc¦std»::vec::Vec;\nuse «core¦std»::cell::Cell;\n\n"
    "pub fn f(c: &Cell<u8>) -> Vec<u8> { Vec::from([c.get()]) }\n",
    "//! Text.\n#![no_std]\n\n«extern crate alloc;¦»«\n\n¦»use «alloc¦std»::borrow::Cow;\n\npub fn f(c: Cow<'_, str>) -> usize { c.len() }\n",
)
SILENT = (
    "#![no_std]\nuse std::collections::HashMap;\npub fn f(m: &HashMap<u8, u8>) -> usize { m.len() }\n",
    "use std::nothing::Much;\npub fn f(_: Much) {}\n",
    "#![no_std]\nuse stx::fmt;\npub fn f(_: fmt::Error) {}\n",
)


@pytest.mark.parametrize("marked", FREED)
def test_core_and_alloc_stand_for_it(marked: str) -> None:
    assert_restored(propose, marked)


@pytest.mark.parametrize("source", SILENT)
def test_what_only_std_has(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(marked)[0] for marked in FREED])
