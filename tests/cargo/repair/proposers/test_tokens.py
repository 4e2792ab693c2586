"""One token wrong where the parser stopped."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.tokens import propose

RESTORED = {
    "semicolon in a line": "pub fn f() -> u8 { let a = 1«;¦» let b = 2; a + b }",
    "else if": "pub fn f(x: u8) -> u8 { if x > 3 { 1 } «else if¦elif» x > 2 { 2 } else { 3 } }",
    "match": "pub fn f(x: u8) -> u8 { «match¦switch» x { 1 => 2, _ => 3 } }",
    "struct": "pub «struct¦class» Point { pub x: u8 }",
    "function": "pub «fn¦function» go() -> u8 { 1 }",
    "assignment": "pub fn f() -> u8 { let x «=¦:=» 5; x }",
    "comma in a macro": 'pub fn f(x: u8) -> String { format!("{}"«,¦» x) }',
    "closure": "pub fn f() -> u8 { let g = |x: u8| «¦=> »x + 1; g(1) }",
    "enum": "pub enum Side { Left«,¦;» Right }",
    "arrow without a type": "pub fn f() «¦-> »{ }",
    "let mut": "pub fn f() -> u8 { «let¦var» mut x = 1; x += 1; x }",
    "a constant cannot change": "pub fn f() -> u8 { «let¦const» mut x = 1; x += 1; x }",
    "typo": "pub fn f() -> u8 { «return¦retrun» 1; }",
}
SILENT = ["pub fn f() -> u8 { missing }", 'pub fn f() -> u8 { "" }', "pub fn f(x: &u8) { *x = 1; }"]


@pytest.mark.parametrize("name", RESTORED)
def test_the_token_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
