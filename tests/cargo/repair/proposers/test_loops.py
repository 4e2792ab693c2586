"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.loops import propose

RESTORED = {
    "a block cannot be continued": """
pub fn f(n: u32) -> u32 {
    'small: {
        if n > 3 {
            «break 'small¦continue»;
        }
        return 1;
    }
    2
}
""",
    "brk outside": """
fn f(x: u8) -> u8 {
    if x > 1 {
        «return x¦break»;
    }
    x
}
fn main() { println!("{}", f(1)); }
""",
    "brk fn unit": """
fn f(x: u8) {
    if x > 1 {
        «return¦break»;
    }
    println!("{}", x);
}
fn main() { f(1); }
""",
    "cont closure": """
fn main() {
    (0..3).for_each(|i| {
        if i == 1 { «return¦continue»; }
        println!("{}", i);
    });
}
""",
    "label typo": """
fn main() {
    'outer: for i in 0..3 {
        for j in 0..3 {
            if i * j == 2 { break 'o«u¦»ter; }
        }
    }
}
""",
    "label undeclared": """
fn main() {
    «'outer: ¦»for i in 0..3 {
        for j in 0..3 {
            if i * j == 2 { continue 'outer; }
        }
    }
}
""",
    "label closure": """
fn main() {
    'outer: for i in 0..3 {
        (0..3).for_each(|j| { if i == j { «return¦continue 'outer»; } println!("{}", j); });
    }
}
""",
    "ret outside": """
const A: u8 = «1¦return 1»;
fn main() { println!("{}", A); }
""",
    "e0267": """
fn main() {
    let v: Vec<i32> = vec![1, 2].into_iter().map(|x| { if x == 1 { «return 0¦break 0»; } x }).collect();
    println!("{:?}", v);
}
""",
    "n loop iter break": """
fn first_even(v: &[i32]) -> Option<i32> {
    v.iter().for_each(|x| println!("{}", x));
    for x in v {
        if x % 2 == 0 { «return¦break» Some(*x); }
    }
    None
}
fn main() { println!("{:?}", first_even(&[1, 2])); }
""",
    "n for each break": """
fn main() {
    let v = vec![1, 2, 3];
    «for x in v.iter()¦v.iter().for_each(|x|» {
        if *x == 2 { break; }
        println!("{}", x);
    }«¦);»
}
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
