"""What is read before it has a value, and what is given a second one."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.first_values import propose

RESTORED = {
    "a counter": """
        pub fn count(n: u32) -> u32 { let «mut ¦»found = 0; for i in 0..n { found += i; } found }
    """,
    "an accumulator without a value": """
        pub fn mean(values: &[f64]) -> f64 { let mut sum: f64« = 0.0¦»; for v in values {
            sum += v; } sum / values.len() as f64 }
    """,
    "text without a value": """
        pub fn join(parts: &[&str]) -> String { let mut all: String« = String::new()¦»; for part in parts {
            all.push_str(part); } all }
    """,
    "a list without a value": """
        pub fn squares(n: u32) -> Vec<u32> { let mut all: Vec<u32>« = Vec::new()¦»; for i in 0..n {
            all.push(i * i); } all }
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
