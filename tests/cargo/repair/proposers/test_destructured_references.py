"""Names bound from behind a reference that are used as values."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.destructured_references import propose

RESTORED = {
    "a tuple of a peek": """pub fn first(text: &str) -> Option<(usize, char)> {
    let mut letters = text.char_indices().peekable();
    let «&¦»(at, letter) = letters.peek()?;
    let start: usize = at;
    let shown: char = letter;
    Some((start, shown))
}
""",
    "the parameter of a closure": """pub fn far(points: &[(i64, i64)], limit: i64) -> Vec<i64> {
    fn size(x: i64, y: i64) -> i64 { x.abs() + y.abs() }
    points.iter().map(|«&¦»(x, y)| size(x, y)).filter(|n| *n > limit).collect()
}
""",
    "a loop": """pub struct Step(u32, u32);
pub fn walk(steps: &[Step]) -> u64 {
    fn cost(a: u32, b: u32) -> u64 { u64::from(a) * u64::from(b) }
    let mut sum = 0;
    for «&¦»Step(from, to) in steps {
        sum += cost(from, to);
    }
    sum
}
""",
}
SILENT = [
    "pub fn f(x: &u8) -> u8 { x }",
    "pub fn f(p: &(u8, u8)) -> u8 { let &(ref a, _) = p; a }",
    "pub fn f(p: (u8, u8)) -> u16 { let (a, _) = p; a }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
