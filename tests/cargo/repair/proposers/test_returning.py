"""References to what ends with the function."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.returning import propose

RESTORED = {
    "text built here": """
        pub fn label(n: u32) -> «String¦&'static str» {
            let text = format!("n{}", n);
            if n == 0 { return "none"«.to_string()¦»; }
            text«¦.as_str()»
        }
    """,
    "a list built here": """
        pub fn evens(values: &[u32]) -> «Vec<u32>¦&[u32]» {
            let found: Vec<u32> = values.iter().copied().filter(|v| v % 2 == 0).collect(); «¦&»found }
    """,
    "one of several arms": """
        pub fn name(n: u32) -> «String¦&'static str» { match n {
            0 => "zero"«.to_string()¦», _ => «¦&»format!("n{}", n) } }
    """,
    "an option": """
        pub fn word(text: String) -> Option<«String¦&'static str»> {
            let word = text.trim(); if word.is_empty() { None } else { Some(word«.to_string()¦») } }
    """,
    "a closure": """
        pub fn full(lines: &[String]) -> usize { lines.iter().map(|line| {
            let upper = line.to_uppercase(); upper.trim()«.to_string()¦» }).filter(|line| !line.is_empty()).count() }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f() -> u8 { nothing(3) }",
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
