"""Owners that end before what borrows from them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.outliving import propose

RESTORED = {
    "an owner in an inner block": """
        pub fn longest() -> usize {
        «    let text = String::from("a b");
        ¦»    let words: Vec<&str> = {
        «¦        let text = String::from("a b");
        »        text.split(' ').collect()
            };
            words.len()
        }
    """,
    "an owner declared after its borrower": """
        pub struct Bus<'a> { handlers: Vec<Box<dyn Fn() -> u32 + 'a>> }
        impl Drop for Bus<'_> { fn drop(&mut self) { self.handlers.clear(); } }
        pub fn run() -> usize {
        «    let n = String::from("a");
        ¦»    let mut bus = Bus { handlers: vec![] };
        «¦    let n = String::from("a");
        »    bus.handlers.push(Box::new(|| n.len() as u32));
            bus.handlers.len()
        }
    """,
    "a parameter that asks for static": """
        fn show(text: &«¦'static »str) -> usize { text.len() }
        pub fn run(n: u32) -> usize { let text = format!("{}", n); show(&text) }
    """,
    "a temporary": """
        use std::collections::HashMap;
        fn build() -> HashMap<String, u32> { HashMap::new() }
        pub fn get() -> u32 {
        «    let binding = build();
            let found = binding.get("a");
        ¦    let found = build().get("a");
        »    found.copied().unwrap_or(0)
        }
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
