"""Borrowed data that leaves what it is lent to."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.escaping import propose

RESTORED = {
    "a thread that needs its own text": """
        pub fn start(name: &str) {
        «    let name = name.to_string();
        ¦»    std::thread::spawn(move || println!("{}", name));
        }
    """,
    "a closure whose parameter is inferred": """
        pub fn run(words: &'static [&'static str]) -> usize {
            let mut all: Vec<&str> = Vec::new();
            let mut add = |word«¦: &str»| all.push(word);
            for word in words { add(word); }
            all.len()
        }
    """,
    "a closure that outlives its locals": """
        pub fn adder(k: u32) -> impl Fn(u32) -> u32 { «move ¦»|x| x + k }
    """,
    "a trait object for any lifetime": """
        pub trait Show { fn show(&self) -> String; }
        impl std::fmt::Debug for dyn Show« + '_¦» {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.show()) } }
        pub enum Value<'a> { Other(&'a dyn Show) }
        impl std::fmt::Debug for Value<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { match self {
                Value::Other(v) => std::fmt::Debug::fmt(v, f) } }
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
