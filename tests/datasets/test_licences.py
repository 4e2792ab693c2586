"""The licence gate: what may be learned from, and what may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_datasets import LicenceRefused, judge, require

GOOD = ("MIT", "Apache-2.0", "0BSD", "Unlicense")
BAD = ("GPL-3.0-only", "LGPL-2.1-or-later", "CC-BY-SA-4.0", "LicenseRef-Mine", "MPL-2.0", "unknown")


@pytest.mark.parametrize("name", GOOD)
def test_permitted_licences_pass(name: str) -> None:
    assert judge(name).allowed


@pytest.mark.parametrize("name", BAD)
def test_others_are_refused_by_name(name: str) -> None:
    verdict = judge(name)
    assert not verdict.allowed
    assert name in verdict.why


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT OR Apache-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR Apache-2.0) AND CC-BY-SA-4.0", False),
        ("MIT AND Apache-2.0 OR GPL-2.0-only", True),
        ("GPL-2.0-only AND MIT OR GPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
    ],
)
def test_choices_need_one_side_and_sums_need_all(expression: str, allowed: bool) -> None:
    assert judge(expression).allowed is allowed


@pytest.mark.parametrize("text", ["", "  ", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT MIT", "MIT/Apache-2.0", "WITH"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    assert not judge(text).allowed


def test_a_refusal_says_what_is_permitted() -> None:
    with pytest.raises(LicenceRefused, match=r"book/x\.html.*GPL-3\.0-only.*Permitted are 0BSD"):
        require("GPL-3.0-only", "book/x.html")


@given(st.text(max_size=200))
def test_any_text_gets_a_verdict(text: str) -> None:
    assert judge(text).why


names = st.sampled_from(GOOD + BAD)
trees = st.recursive(
    names,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner),
    max_leaves=12,
)


def _text(tree: object) -> str:
    return tree if isinstance(tree, str) else f"({_text(tree[0])} {tree[1]} {_text(tree[2])})"  # type: ignore[index]


def _truth(tree: object) -> bool:
    if isinstance(tree, str):
        return tree in GOOD
    left, right = _truth(tree[0]), _truth(tree[2])  # type: ignore[index]
    return (left and right) if tree[1] == "AND" else (left or right)  # type: ignore[index]


@given(trees)
def test_nested_expressions_are_judged_as_logic_says(tree: object) -> None:
    assert judge(_text(tree)).allowed is _truth(tree)
