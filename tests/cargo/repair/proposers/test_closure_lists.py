"""Different closures in one list."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.closure_lists import propose

RESTORED = {
    "in a vector": """pub fn f(k: u32) -> u32 {
    let all = vec![«Box::new(|x: u32| x + k) as Box<dyn Fn(u32) -> u32>¦|x: u32| x + k», «Box::new(|x: u32| x * k)¦|x: u32| x * k»];
    all.iter().map(|g| g(2)).sum()
}
""",
    "in branches": """pub fn f(up: bool, k: u32) -> bool {
    let test = if up { «Box::new(|x: &u32| *x > k) as Box<dyn Fn(&u32) -> bool>¦|x: &u32| *x > k» } else { «Box::new(|x: &u32| *x < k)¦|x: &u32| *x < k» };
    test(&4)
}
""",
    "that change something": """pub fn f() -> u32 {
    let mut a = 1;
    let mut b = 1;
    let mut all = [«Box::new(|n: u32| a += n) as Box<dyn FnMut(u32)>¦|n: u32| a += n», «Box::new(|n: u32| b *= n)¦|n: u32| b *= n»];
    for one in &mut all {
        one(3);
    }
    drop(all);
    a + b
}
""",
}
SILENT = [
    'pub fn f() -> u8 { [1u8, "a"][0] }',
    "pub fn f(k: u8) -> fn(u8) -> u8 { move |x| x + k }",
    "pub fn f(k: u8) { let _a = [|x| x + k, |x| x * k]; }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
