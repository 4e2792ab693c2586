"""Strings, characters and comments that never end."""

from __future__ import annotations

import pytest
from conformance import assert_silent, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.literals import propose

RESTORED = {
    "string before a semicolon": 'pub fn f() -> String {\n    let a = "x«"¦»;\n    a.to_string()\n}\n',
    "string as an argument": 'pub fn f(x: u8) -> String {\n    format!("{}«"¦», x)\n}\npub const A: &str = "q";\n',
    "opening quote": 'pub fn f() -> usize {\n    g(«"¦»hi")\n}\nfn g(s: &str) -> usize { s.len() }\n',
    "hashes of a raw string": 'pub const A: &str = r#"say "hi" now"«#¦»;\npub fn f() -> usize {\n    A.len()\n}\n',
    "far above where it is noticed": 'pub fn a() -> &\'static str {\n    "one«"¦»\n}\n'
    + "// more\n" * 70
    + 'pub fn b() -> &\'static str {\n    "two"\n}\n',
    "comment": "pub fn f() {}\n/* a remark« */¦»\n",
}
SILENT = ["pub fn f() -> u8 { missing }", 'pub fn f() -> u8 { "" }', "pub fn f(x: &u8) { *x = 1; }"]


@pytest.mark.parametrize("name", RESTORED)
def test_the_literal_is_ended(name: str) -> None:
    broken, whole = pair(RESTORED[name])
    assert whole in fixes(propose, broken)


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
