"""Bindings that nothing uses, where their name under another spelling is not found."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, pair

from rusta_cargo.repair.proposers.unused_bindings import propose

MARKED = (
    "pub fn f(«count¦n»: usize, list: &[u8]) -> usize { count + list.len() + count }\n",
    "pub fn f(list: &[u8]) -> u8 { list.iter().map(|«item¦x»| item + 1).sum() }\n",
    "pub fn f(v: Option<u8>) -> u8 { match v { Some(«inner¦value») if inner > 2 => inner, _ => 0 } }\n",
    "pub fn f(list: &[(u8, u8)]) -> u8 { let mut all = 0; for («left¦a», b) in list { all += left * b; } all }\n",
    "pub fn f(list: &[(String, u8)], name: &str) -> bool { list.iter().any(|(«known¦name», _)| known.eq(name)) }\n",
)
SLIPS = """pub fn packed(widths: u8) -> u8 {
    let packed_widths = widths * 2;
    packedwidths + 1
}
"""
SILENT = (
    "pub fn f(n: usize) -> usize { n + count }\n",
    "pub fn f(_n: usize) -> usize { count }\n",
    'pub fn f(n: usize) -> String { format!("{n}{}", count) }\n',
    "pub fn f() -> usize { count }\n",
)


@pytest.mark.parametrize("marked", MARKED)
def test_the_binding_gets_the_name_of_its_uses(marked: str) -> None:
    assert_restored(propose, marked)


@pytest.mark.parametrize("source", SILENT)
def test_bindings_that_are_used(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(marked)[0] for marked in MARKED])


def test_a_binding_that_is_spelt_like_other_names_is_hardly_the_wrong_one() -> None:
    assert [candidate.prior < 0.5 for candidate in candidates(propose, SLIPS)] == [True]


def test_a_slip_in_the_only_use_is_likelier_where_words_are_known() -> None:
    body = "    let bot_left = all[0];\n    let bot_right = all[1];\n    bot_left < botr_ight\n"
    (found,) = candidates(propose, f"pub fn f(all: &[u32]) -> bool {{\n{body}}}\n")
    assert found.prior < 0.5
