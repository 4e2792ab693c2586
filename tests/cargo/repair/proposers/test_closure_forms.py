"""Closures that are not what their caller asks for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.closure_forms import propose

RESTORED = {
    "one parameter too many": """
        fn each(f: impl Fn(u32)) { f(1) }
        pub fn run() { each(|x«¦, _y»| println!("{}", x)); }
    """,
    "one too few": """
        pub fn count(values: &[u32]) -> u32 { values.iter().fold(0, |sum«, _¦»| sum + 1) }
    """,
    "another type": """
        fn each<F: FnMut(&str)>(mut f: F) { f("a"); }
        pub fn run() -> usize { let mut n = 0; each(|text: &«str¦String»| n += text.len()); n }
    """,
    "values for a function": """
        fn double(x: u32) -> u32 { x * 2 }
        pub fn all(values: &[u32]) -> Vec<u32> { values.iter()«.copied()¦».map(double).collect() }
    """,
    "a capture that is given away": """
        fn run<F: Fn() -> Vec<u32>>(f: F) -> usize { f().len() + f().len() }
        pub fn twice(values: Vec<u32>) -> usize { let make = move || values«.clone()¦»; run(make) }
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
