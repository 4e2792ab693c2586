"""Floating point numbers where a total order is asked for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.float_order import propose

RESTORED = {
    "sorted": "pub fn f(v: &mut Vec<f64>) { v.«sort_by(|a, b| a.total_cmp(b))¦sort()»; }\n",
    "the largest": "pub fn f(v: &[f32]) -> f32 { *v.iter().«max_by(|a, b| a.total_cmp(b))¦max()».unwrap() }\n",
    "by a key": """pub struct P { w: f64 }
pub fn f(v: &[P]) -> Option<&P> { v.iter().«min_by(|a, b| a.w.total_cmp(&b.w))¦min_by_key(|p| p.w)» }
""",
}
SILENT = [
    "pub struct P;\npub fn f(v: &mut Vec<P>) { v.sort(); }",
    "pub fn f(v: &mut Vec<f64>) { v.sort_by(|a, b| a < b); }",
    "pub fn f(v: Vec<f64>) -> f64 { v.max() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
