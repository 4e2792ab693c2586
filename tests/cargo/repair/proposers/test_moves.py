"""Values used after they were moved."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.moves import propose

RESTORED = {
    "a function that only reads": """
        pub struct Config { pub name: String, pub tags: Vec<String> }
        fn describe(config: «&¦»Config) -> usize { config.tags.len() }
        pub fn run(config: Config) -> String { let n = describe(«&¦»config); format!("{} {}", n, config.name) }
    """,
    "an iterator that consumes": """
        pub fn shout(lines: Vec<String>) -> (Vec<String>, usize) {
            let upper: Vec<String> = lines.«iter¦into_iter»().map(|l| l.to_uppercase()).collect();
            (upper, lines.len())
        }
    """,
    "a derive": """
        #[derive(Debug, Clone«, Copy¦»)]
        pub enum Side { Left, Right }
        fn sign(side: Side) -> i32 { match side { Side::Left => -1, Side::Right => 1 } }
        pub fn both(side: Side) -> (i32, Side) { (sign(side), side) }
    """,
    "what is collected in a loop": """
        pub fn groups(words: &[&str]) -> Vec<Vec<String>> {
            let mut all = Vec::new();
            let mut current = Vec::new();
            for word in words {
                if word.is_empty() { all.push(«std::mem::take(&mut ¦»current«)¦»); } else {
                    current.push(word.to_string()); }
            }
            all.push(current);
            all
        }
    """,
    "a loop over a collection": """
        pub fn total(values: Vec<u32>) -> (u32, usize) {
            let mut sum = 0;
            for value in «&¦»values { sum += value; }
            (sum, values.len())
        }
    """,
    "a name for a field": """
        #[derive(Debug)]
        pub struct Token { kind: u8, text: String }
        pub fn show(token: Token) -> String { let text = «&¦»token.text; format!("{:?} {}", token, text) }
    """,
    "a field kept in two places": """
        pub struct Store { items: Vec<String>, last: Option<String> }
        impl Store { pub fn add(&mut self, item: String) {
            self.items.push(item«.clone()¦»); self.last = Some(item); } }
    """,
    "a counted pointer for each thread": """
        use std::sync::Arc;
        pub fn spawn(names: Arc<Vec<String>>) {
            for _ in 0..3 {
        «        let names = names.clone();
        ¦»        std::thread::spawn(move || println!("{}", names.len()));
            }
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
