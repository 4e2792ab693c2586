"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.ranges_and_slices import propose

RESTORED = {
    "range swap": """
fn main() {
    match 5u32 {
        «1..=9¦9..=1» => println!("a"),
        _ => {}
    }
}
""",
    "range swap2": """
fn grade(x: u8) -> char {
    match x {
        «90..=100¦100..=90» => 'A',
        _ => 'F',
    }
}
fn main() { println!("{}", grade(1)); }
""",
    "range excl": """
fn main() {
    match 5u32 {
        0..«=¦»0 => println!("zero"),
        _ => {}
    }
}
""",
    "slice more": """
fn main() {
    let [a, b«, _¦»] = [1, 2, 3];
    println!("{} {}", a, b);
}
""",
    "slice rest": """
fn main() {
    let arr = [1, 2, 3, 4, 5];
    let [a, b«, ..¦»] = arr;
    println!("{} {}", a, b);
}
""",
    "slice less": """
fn main() {
    let arr = [1, 2];
    let [a, b«¦, c»] = arr;
    println!("{} {}", a, b);
}
""",
    "static match": """
«const¦static» LIMIT: u32 = 3;
fn f(x: u32) -> bool {
    match x {
        LIMIT => true,
        _ => false,
    }
}
fn main() { println!("{}", f(1)); }
""",
    "n match arr": """
fn f(v: [u8; 4]) -> u8 { match v { [a, b«, ..¦»] => a + b } }
fn main() { println!("{}", f([1, 2, 3, 4])); }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f(x: String) -> (String, String) { let y = x; (x, y) }",
    "pub fn f(a: &str, b: &str) -> &str { if a.len() > b.len() { a } else { b } }",
    "pub fn f(x: Option<u8>) -> u8 { match x { Some(n) => n } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_it_keeps_what_every_proposer_must() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
