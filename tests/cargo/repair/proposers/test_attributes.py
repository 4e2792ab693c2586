"""Attributes that are not well formed."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.attributes import propose

RESTORED = {
    "given twice": """#[deprecated(since = "1.0.0", note = "use b"«¦, note = "use c"»)]
pub fn a() {}
""",
    "text for a word": '#[repr(«C¦"C"»)]\npub struct A(u8);',
    "number without brackets": "#[repr(align«(8)¦ = 8»)]\npub struct A(u8);",
    "misspelt word": "#[inline(«always¦allways»)]\npub fn f() {}",
    "empty brackets": "#[inline«¦()»]\npub fn f() {}",
    "call for text": '#[deprecated(note« = "old"¦("old")»)]\npub fn f() {}',
    "text for a trait": '#[derive(«Clone¦"Clone"»)]\npub struct A;',
    "tool": "#[allow(«clippy¦clipy»::all)]\npub fn f() {}",
}
SILENT = ["pub fn f() -> u8 { missing }", 'pub fn f() -> u8 { "" }', "pub fn f(x: &u8) { *x = 1; }"]


@pytest.mark.parametrize("name", RESTORED)
def test_the_form_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
