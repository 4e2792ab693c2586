"""Two parts of one slice borrowed at once."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.split_slices import propose

RESTORED = {
    "halves": """pub fn halves(v: &mut [u32], mid: usize) -> (&mut [u32], &mut [u32]) {
    «v.split_at_mut(mid)¦(&mut v[..mid], &mut v[mid..])»
}
""",
    "copied within": "pub fn f(a: &mut [u8]) { «a.copy_within(2.., 0)¦a[..2].copy_from_slice(&a[2..])»; }\n",
    "locals": """pub fn f(a: &mut [u8], k: usize) {
«    let (left, right) = a.split_at_mut(k);
¦»    let low = «left¦&mut a[..k]»;
    let high = «right¦&a[k..]»;
    low[0] = high[0];
}
""",
    "with a gap": """pub fn f(a: &mut [u8]) {
«    let (left, right) = a.split_at_mut(6);
¦»    «left[1..4]¦a[1..4]».swap_with_slice(&mut «right[..3]¦a[6..9]»);
}
""",
}
SILENT = [
    "pub fn f(a: &mut [u8], k: usize, j: usize) { let l = &mut a[..k]; let r = &a[j..]; l[0] = r[0]; }",
    "pub fn f(a: &mut Vec<u8>) { let l = &mut a[..2]; a.push(1); l[0] = 1; }",
    "pub fn f(a: &mut [u8], b: usize) { let x = &mut a[0]; let y = &mut a[b]; *x = *y; }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
