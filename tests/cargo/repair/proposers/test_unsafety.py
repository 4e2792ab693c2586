"""Unsafe operations outside an unsafe block."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.unsafety import propose

RESTORED = {
    "value of a let": "pub fn f(p: *const u8) -> u8 { let x = «unsafe { ¦»*p« }¦»; x }",
    "tail": "unsafe fn g() -> u8 { 1 }\npub fn f() -> u8 { «unsafe { ¦»g()« }¦» }",
    "argument": "unsafe fn g() -> u8 { 1 }\npub fn f() -> Option<u8> { Some(«unsafe { ¦»g()« }¦») }",
    "method": "pub fn f(b: &[u8]) -> &str { «unsafe { ¦»std::str::from_utf8_unchecked(b)« }¦» }",
    "first operand of a statement": "unsafe fn g() -> u8 { 1 }\npub fn f() -> u8 { «unsafe { ¦»g() + 1« }¦» }",
    "block of a let": "pub fn f(p: *const u8) -> (u8, u8) { let (x, y) = «unsafe ¦»{ (*p, *p.add(1)) }; (x, y) }",
    "block as argument": "pub fn f(p: *const u8) -> Option<u8> { Some(«unsafe ¦»{\n    *p\n}) }",
    "block as tail": "pub fn f(p: *mut u8) {\n    «unsafe ¦»{\n        *p = 1;\n        *p.add(1) = 2;\n    }\n}",
    "block around an if": "pub fn f(p: *const u8, n: u8) -> u8 { «unsafe ¦»{ if n > 0 { *p } else { *p.add(1) } } }",
}
SILENT = ["pub fn f() -> u8 { missing }", 'pub fn f() -> u8 { "" }', "pub fn f(x: &u8) { *x = 1; }"]


@pytest.mark.parametrize("name", RESTORED)
def test_the_smallest_piece_is_wrapped(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_neighbouring_statements_share_a_block() -> None:
    source = "unsafe fn g() {}\npub fn f() {\n    g();\n    g();\n}\n"
    assert fixes(propose, source)[0] == (
        "unsafe fn g() {}\npub fn f() {\n    unsafe {\n        g();\n        g();\n    }\n}\n"
    )


def test_a_binding_stays_visible() -> None:
    good = fixes(propose, "pub fn f(p: *mut u8) -> u8 { *p = 1; let x = *p; x + *p }")
    assert "let x = unsafe { *p };" in good[0]


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
