"""How many examples of the tests speak for a change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rusta_cargo.repair.determined import examples_for
from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.proposer import Situation, SourceUnavailable
from rusta_cargo.repair.trust import ASK_BELOW, UNDETERMINED, Known, trust
from rusta_schemas.bundle import Risk
from rusta_schemas.edits import Edit, diff_edits

CODE = """pub fn price(days: u32) -> u32 { if days > 9 { free() } else { days * 2 + 2 } }
fn free() -> u32 { 0 }
pub fn other(n: u32) -> u32 { n }
#[cfg(test)]
mod tests {
    use super::*;
    #[test] fn elsewhere() { assert_eq!(other(1), 1); assert_eq!(other(2), 2); }
    %s
}
"""
ONE = "#[test] fn one() { assert_eq!(price(2), 5); }"


def change(test: str, old: str, new: str) -> tuple[Situation, list[Edit]]:
    before = (CODE % test).encode()
    assert before.count(old.encode()) >= 1

    def read(path: str) -> bytes:
        if path != "src/lib.rs":
            raise SourceUnavailable(path)
        return before

    project = Project((Package("demo", "", "2021", (Target("demo", "lib", "src/lib.rs"),)),))
    situation = Situation((), read, lambda verb, args: None, project)  # type: ignore[arg-type,return-value]
    return situation, list(diff_edits("src/lib.rs", before, before.replace(old.encode(), new.encode(), 1)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("+ 2", "+ 1"), ("days * 2", "days / 2"), ("days * 2 + 2", "days * 2"), ("{ 0 }", "{ 5 }"),
        ("{ if days", "{ let days = other(days); if days"),
    ],
)  # fmt: skip
def test_one_example_determines_neither_a_value_nor_a_statement(old: str, new: str) -> None:
    assert examples_for(*change(ONE, old, new)) == 1


@pytest.mark.parametrize(
    "test",
    [
        "#[test] fn two() { assert_eq!(price(2), 5); assert_eq!(price(3), 7); }",
        ONE + "\n    #[test] fn more() { assert_eq!(price(1), 3); }",
        "#[test] fn all() { for n in 0..9 { assert_eq!(price(n), n * 2 + 1); } }",
        "#[test] fn by_macro() { table!(2 => 5, 3 => 7; price); price(1); }",
    ],
)
def test_several_examples_do(test: str) -> None:
    assert examples_for(*change(test, "+ 2", "+ 1")) is None


@pytest.mark.parametrize(("old", "new"), [("days > 9", "days < 9"), ("free()", "other(days)")])
def test_what_is_no_value_is_judged_otherwise(old: str, new: str) -> None:
    assert examples_for(*change(ONE, old, new)) is None


def test_what_no_test_is_known_to_reach_says_nothing() -> None:
    assert examples_for(*change("", "+ 2", "+ 1")) is None


def test_an_undetermined_patch_is_hardly_trusted() -> None:
    sure = Known(priors=(0.5,), lines=1, tests=3, risk=Risk.LOW, rivals=0, errors=0)
    doubtful = Known(priors=(0.5,), lines=1, tests=3, risk=Risk.LOW, rivals=0, errors=0, undetermined=True)
    assert trust(doubtful).confidence == pytest.approx(UNDETERMINED * trust(sure).confidence, abs=1e-3)


def test_a_patch_that_changes_a_test_is_asked_about() -> None:
    sure = Known(priors=(0.99,), lines=1, tests=3, risk=Risk.LOW, rivals=0, errors=1)
    assert trust(replace(sure, retells=True)).confidence < ASK_BELOW < trust(sure).confidence


def test_what_the_tests_take_beside_it_lowers_the_trust() -> None:
    sure = Known(priors=(0.5,), lines=1, tests=3, risk=Risk.LOW, rivals=1, errors=0)
    shared = replace(sure, share=0.5)
    assert trust(shared).confidence == pytest.approx(0.5 * trust(sure).confidence, abs=1e-3)
    assert trust(replace(sure, share=0.1)).confidence < ASK_BELOW
