"""Functions that give back impl Trait of several types."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.boxed_returns import propose

RESTORED = {
    "own types": """pub trait Shape { fn area(&self) -> f64; }
pub struct Sq(f64);
pub struct Ci(f64);
impl Shape for Sq { fn area(&self) -> f64 { self.0 } }
impl Shape for Ci { fn area(&self) -> f64 { self.0 * 3.1 } }
pub fn make(k: &str) -> «Box<dyn Shape>¦impl Shape» {
    if k == "sq" { «Box::new(Sq(1.0))¦Sq(1.0)» } else { «Box::new(Ci(2.0))¦Ci(2.0)» }
}
""",
    "what borrows": """pub fn evens(all: bool, v: &[u32]) -> «Box<dyn Iterator<Item = &u32> + '_>¦impl Iterator<Item = &u32>» {
    if all {
        return «Box::new(v.iter())¦v.iter()»;
    }
    «Box::new(v.iter().filter(|x| *x % 2 == 0))¦v.iter().filter(|x| *x % 2 == 0)»
}
""",
    "two functions in one list": """fn one() -> «Box<dyn Fn(i32) -> i32>¦impl Fn(i32) -> i32» { «Box::new(|x| x + 1)¦|x| x + 1» }
fn two(n: i32) -> «Box<dyn Fn(i32) -> i32>¦impl Fn(i32) -> i32» { «Box::new(move |x| x + n)¦move |x| x + n» }
pub fn f() -> Vec<i32> { [one(), two(3)].iter().map(|g| g(1)).collect() }
""",
}
SILENT = [
    'pub fn f() -> u8 { "x" }',
    'pub fn f() -> impl Fn(u8) -> u8 { |x: u8| { let y: u8 = "a"; x + y } }',
    "pub fn f(n: &str) -> impl Iterator<Item = u8> { let k: u8 = n; std::iter::once(k) }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
