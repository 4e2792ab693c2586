"""Which functions failing tests point at, and what their messages tell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "proposers"))

from behaviour_scenes import scene

from rusta_cargo.repair.code.assertions import (
    Evidence,
    Sides,
    behaviour_table,
    differences,
    evidence_of,
    sides_of,
)
from rusta_cargo.repair.code.suspects import suspects
from rusta_cargo.repair.proposer import Situation, TestFailure

SOURCE = """
pub const STEP: u32 = 3;
pub const OTHER: u32 = 4;
pub struct Pile(Vec<u32>);
impl Pile {
    pub fn new() -> Self { Pile(Vec::new()) }
    pub fn push(&mut self, x: u32) { self.0.push(shift(x)); }
    pub fn top(&self) -> Option<u32> { self.0.last().copied() }
}
impl std::fmt::Display for Pile {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, "{}", self.0.len()) }
}
fn shift(x: u32) -> u32 { x + STEP }
fn unused() -> u32 { OTHER }
#[cfg(test)]
mod tests {
    use super::*;
    fn pile() -> Pile { Pile::new() }
    #[test] fn pushes() { let mut p = pile(); p.push(1); assert_eq!(p.top(), Some(4)); }
    #[test] fn empty() { assert_eq!(Pile::new().top(), None); }
    #[test] fn shown() { assert_eq!(pile().to_string(), "0"); }
}
"""


def names(situation: Situation) -> list[str]:
    return [suspect.item.name for suspect in suspects(situation)]


def test_what_only_the_failing_test_reaches_comes_first() -> None:
    found = suspects(scene(SOURCE, "tests::pushes", ["tests::empty", "tests::shown"]))
    ranked = [suspect.item.name for suspect in found]
    assert ranked[0] == "push"
    assert ranked.index("shift") < ranked.index("new")
    assert "STEP" in ranked
    assert not {"unused", "fmt", "pile", "pushes", "OTHER"} & set(ranked)
    assert found[0].score == 1.0
    assert all(0 < suspect.score <= 1 for suspect in found)


def test_what_is_called_behind_the_scenes_counts() -> None:
    assert names(scene(SOURCE, "tests::shown", ["tests::pushes", "tests::empty"]))[0] == "fmt"


def test_a_panic_in_a_function_makes_it_the_first() -> None:
    line = SOURCE[: SOURCE.index("fn shift")].count("\n") + 1
    found = suspects(scene(SOURCE, [TestFailure("tests::pushes", "overflow", "src/lib.rs", line)]))
    assert (found[0].item.name, found[0].line) == ("shift", line)


def test_an_integration_test_and_a_test_by_macro() -> None:
    macro = """macro_rules! t { ($n:ident, $x:expr) => { #[test] fn $n() { assert_eq!(demo::f($x), 1); } } }
t!(one, 1);
t!(two, 2);
"""
    files = {
        "src/lib.rs": "pub fn f(x: u32) -> u32 { g(x) }\nfn g(x: u32) -> u32 { x }\nfn h() {}\n",
        "tests/it.rs": macro,
    }
    assert names(scene(files, [TestFailure("demo test:it::two", "", "tests/it.rs", 3)])) == ["f", "g"]


def test_with_nothing_to_follow_every_function_is_suspected_alike() -> None:
    found = suspects(scene("pub fn f() {}\npub fn g() {}\n", "demo test:cli::runs"))
    assert {suspect.score for suspect in found} == {0.3}
    assert len(found) == 2


def test_no_failing_test_no_suspect() -> None:
    assert suspects(scene(SOURCE, [])) == []


@pytest.mark.parametrize(
    ("left", "right", "tags"),
    [
        ("4", "5", {"one", "number"}),
        ("-7", "7", {"sign", "number"}),
        ("true", "false", {"boolean"}),
        ("None", "Some(3)", {"presence", "variant"}),
        ('"Ab"', '"ab"', {"text", "case"}),
        ('"a b"', '"ab"', {"text", "space"}),
        ("[1, 2, 3]", "[3, 2, 1]", {"reversed", "same_members", "number"}),
        ("[1, 1]", "[1]", {"longer", "repeats"}),
        ("Red", "Green", {"variant"}),
        ("1.5", "1.5", set()),
    ],
)
def test_how_two_values_differ(left: str, right: str, tags: set[str]) -> None:
    assert set(differences(Sides(left, right), Evidence())) == tags


def test_every_tag_and_pattern_of_the_table_is_used() -> None:
    table = behaviour_table()
    for group in table["methods"]["groups"]:
        assert len(set(group.split())) == len(group.split()) > 1
    for rule in table["panic"]:
        assert all(factor >= 1 for factor in rule["favours"].values())


def test_a_panic_favours_what_mends_it() -> None:
    failure = TestFailure("t", "attempt to divide by zero")
    evidence = evidence_of(scene("fn f() {}", [failure]))
    assert evidence.favour("guard") > evidence.favour("comparison")
    assert evidence.favour("nothing of that name") == 1.0


printed = st.recursive(
    st.one_of(st.integers().map(str), st.floats(allow_nan=False).map(str), st.text().map(repr), st.sampled_from(["None", "Some(1)", '"a, [b"'])),
    lambda inner: st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
)  # fmt: skip


@given(printed, printed)
def test_any_two_printed_values_can_be_compared(left: str, right: str) -> None:
    known = set(behaviour_table()["difference"])
    assert set(differences(Sides(left, right), Evidence())) <= known
    sides_of(TestFailure("t", f"assertion failed\n  left: {left}\n right: {right}"))


@given(st.lists(st.integers(0, 99), min_size=1, max_size=5))
def test_both_sides_are_read_back(values: list[int]) -> None:
    shown = f"assertion `left == right` failed: why\n  left: {values}\n right: {values[::-1]}"
    assert sides_of(TestFailure("t", shown)) == Sides(str(values), str(values[::-1]))


def test_methods_of_types_out_of_reach_are_not_suspected() -> None:
    source = SOURCE.replace(
        "fn unused()",
        "pub struct Queue { held: Held }\npub struct Held;\nimpl Held { pub fn top(&self) -> u32 { 1 } }\n"
        "pub struct Heap;\nimpl Heap { pub fn new() -> Self { Heap } pub fn push(&mut self, _: u32) {} }\n"
        "pub fn queue() -> Queue { Queue { held: Held } }\nfn unused()",
    )
    found = suspects(scene(source, "tests::pushes"))
    assert {s.item.parent.name for s in found if s.item.name in ("push", "top")} == {"Pile"}  # type: ignore[union-attr]
    far = source.replace("let mut p = pile();", "let mut p = pile(); queue().held.top();")
    owners = {s.item.parent.name for s in suspects(scene(far, "tests::pushes")) if s.item.name == "top"}  # type: ignore[union-attr]
    assert owners == {"Pile", "Held"}
