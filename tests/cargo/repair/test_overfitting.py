"""A patch that treats the values of a test apart is refused where tests are the judge."""

from __future__ import annotations

import pytest

from rusta_cargo.repair.guards import Change
from rusta_cargo.repair.overfitting import special_case

BEFORE = "pub fn f(x: u32) -> u32 {\n    if x > 3 { x } else { x + 1 }\n}\n"


def refused(after: str) -> str | None:
    return special_case([Change("src/lib.rs", BEFORE.encode(), after.encode())])


@pytest.mark.parametrize(
    "more",
    [
        "if x == 5 { return 7; }",
        "if 5 == x { return 7; }",
        "if x > 5 && x < 7 { return 1; }",
        "match x { 5 => return 7, _ => {} }",
        "if let 5 = x { return 7; }",
        "if matches!(x, 5) { return 7; }",
        'if x.to_string() == "5" { return 7; }',
    ],
)
def test_a_branch_on_a_new_value_is_refused(more: str) -> None:
    why = refused(BEFORE.replace("{\n    if", f"{{\n    {more}\n    if", 1))
    assert why is not None
    assert "apart" in why


@pytest.mark.parametrize(
    "after",
    [
        BEFORE.replace("x > 3", "x > 4"),
        BEFORE.replace("x > 3", "x >= 3"),
        BEFORE.replace("{\n    if", "{\n    if x == 0 { return 1; }\n    if", 1),
        BEFORE.replace("{\n    if", "{\n    if x == 3 { return 1; }\n    if", 1),
        BEFORE.replace("x + 1", "x + 5"),
        "pub fn f(x: u32) -> u32 { x }\n",
    ],
    ids=["other bound", "other operator", "base case", "known value", "arithmetic", "less"],
)
def test_what_is_no_branch_on_a_new_value_is_not(after: str) -> None:
    assert refused(after) is None


def test_other_files_are_none_of_its_business() -> None:
    assert (
        special_case([Change("Cargo.toml", b"a = 1", b"a = 2"), Change("src/new.rs", None, b"fn f() { if 2 == 3 {} }")])
        is None
    )
