"""A patch that treats the values of a test apart is refused where tests are the judge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.guards import Change
from rusta_cargo.repair.overfitting import _inserted, special_case

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


TABLE = """pub fn mass(symbol: &str) -> u32 {
    match symbol {
        "H" => 1,
        "He" => 4,
        _ => 0,
    }
}
"""


def table(after: str) -> str | None:
    return special_case([Change("src/lib.rs", TABLE.encode(), after.encode())])


def test_the_fallback_of_a_table_is_not_bent_to_a_test() -> None:
    why = table(TABLE.replace("_ => 0", "_ => 56"))
    assert why is not None
    assert "56 for all that it does not know" in why


def test_what_only_a_test_beside_the_code_speaks_of_is_not_known() -> None:
    tests = '#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() { assert_eq!(super::mass("Fe"), 56); }\n}\n'
    before, after = TABLE + tests, TABLE.replace("_ => 0", "_ => 56") + tests
    assert special_case([Change("src/lib.rs", before.encode(), after.encode())]) is not None
    branch = TABLE.replace("    match", '    if symbol == "Fe" { return 56; }\n    match') + tests
    assert special_case([Change("src/lib.rs", before.encode(), branch.encode())]) is not None


@pytest.mark.parametrize(
    "after",
    [
        TABLE.replace("_ => 0", "_ => 1"),
        TABLE.replace('"He" => 4', '"He" => 5'),
        TABLE.replace("_ => 0", '"He " => 4, _ => 0').replace('"He " => 4', '"He" => 4'),
        TABLE.replace("_ => 0", "_ => 4"),
    ],
    ids=["base case", "an entry", "an arm that is known", "a value that is known"],
)
def test_other_changes_of_a_table_are_its_business(after: str) -> None:
    assert table(after) is None


def test_a_fallback_among_few_arms_is_no_table() -> None:
    few = TABLE.replace('        "He" => 4,\n', "")
    assert special_case([Change("src/lib.rs", few.encode(), few.replace("_ => 0", "_ => 56").encode())]) is None


@given(st.binary(max_size=12), st.binary(max_size=12), st.binary(max_size=6), st.binary(max_size=6))
def test_what_is_inserted_is_in_what_is_looked_at(head: bytes, tail: bytes, old: bytes, new: bytes) -> None:
    before, after = head + old + tail, head + new + tail
    found = _inserted(before, after)
    assert found in after
    same = before == after
    assert same or len(found) >= len(new) - len(old)
    # every byte that cannot be had from ``before`` is in it
    assert same or set(after) - set(before) <= set(found)


def test_other_files_are_none_of_its_business() -> None:
    assert (
        special_case([Change("Cargo.toml", b"a = 1", b"a = 2"), Change("src/new.rs", None, b"fn f() { if 2 == 3 {} }")])
        is None
    )
