"""Patterns that do not fit where they stand."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.patterns import propose

RESTORED = {
    "name that the body misses": """
        pub fn sum(pair: (u32, u32)) -> u32 { match pair { (a, «b¦a») => a + b } }
    """,
    "parameter bound twice": """
        pub fn sum(first: u32, «second¦first»: u32) -> u32 { first + second }
    """,
    "alternatives bind the same": """
        pub enum E { A(u8), B(u8), C }
        pub fn value(e: E) -> u8 { match e { E::A(x) | E::B(«x¦_») => x, E::C => 0 } }
    """,
    "option is left": """
        pub fn add(items: &[u8], sum: &mut u8) {
            let Some(first) = items.first()« else { return }¦»;
            *sum += first;
        }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f(a: Option<u8>) -> u8 { match a { Some(x) => x } }",
    "pub fn f() -> u8 { let (a, b) = 3; a }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_pattern_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_loop_over_options() -> None:
    good = fixes(
        propose,
        "pub fn f(items: Vec<Option<u8>>) -> u8 { let mut sum = 0; for Some(x) in items { sum += x; } sum }",
    )
    assert "for x in items.into_iter().flatten()" in good[0]


def test_range_of_strings_becomes_a_guard() -> None:
    good = fixes(propose, 'pub fn f(s: &str) -> bool { match s { "a00"..="f99" => true, _ => false } }')
    assert 's if s >= "a00" && s <= "f99" => true' in good[0]


def test_let_leaves_the_loop() -> None:
    good = fixes(
        propose,
        "pub fn f(v: &[Option<u8>]) -> u8 {\n    let mut n = 0;\n    for item in v {\n"
        "        let Some(x) = item;\n        n += x;\n    }\n    n\n}\n",
    )
    assert "let Some(x) = item else { continue };" in good[0]


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
