"""Every example is broken exactly as its expectation file says, and can be repaired exactly as far as it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Compiler, Example, Files

KINDS = {"crate", "workspace", "file"}
CLASSES = {
    "borrow", "trait", "type", "move", "visibility", "syntax", "lint", "name", "lifetime", "tests"
}  # fmt: skip
OUTCOMES = {"repaired", "abstains"}
MOST_STEPS = 12


def test_every_example_is_in_the_table(root: Path, table: dict[str, dict[str, Any]]) -> None:
    broken = root / "examples" / "broken"
    found = {path.name for path in broken.iterdir() if path.is_dir() or path.suffix == ".rs"}
    assert found == {entry["path"] for entry in table.values()}


def test_every_entry_is_complete(table: dict[str, dict[str, Any]]) -> None:
    for name, entry in table.items():
        assert entry["kind"] in KINDS, name
        assert entry["class"] in CLASSES, name
        assert entry["outcome"] in OUTCOMES, name
        assert not entry["repairable_by_suggestion"] or entry["outcome"] == "repaired", name
        assert entry["fault"], name
        assert entry["repair"], name
        assert entry["tests"] == sorted(set(entry["tests"])), name
        if entry["errors"]:
            assert entry["errors"][0].partition(" ")[0] == entry["code"], name


def test_the_table_covers_all_classes_and_outcomes(table: dict[str, dict[str, Any]]) -> None:
    assert {entry["class"] for entry in table.values()} == CLASSES
    assert {entry["outcome"] for entry in table.values()} == OUTCOMES
    assert {entry["kind"] for entry in table.values()} == KINDS


def test_nothing_was_built_inside_the_tree(root: Path) -> None:
    assert not list((root / "examples").rglob("target"))


def test_the_readme_shows_the_table(root: Path, table: dict[str, dict[str, Any]]) -> None:
    rows = []
    for name, entry in table.items():
        places = ", ".join(f"`{place.strip()}`" for place in entry["errors"]) or "none: tests fail"
        rows.append(
            f"| `{name}` | {entry['class']} | {places} | {entry['fault']} | {entry['repair']} | {entry['outcome']} |"
        )
    text = (root / "examples" / "broken" / "README.md").read_text("utf-8")
    shown = [line for line in text.splitlines() if line.startswith("| `")]
    assert shown == rows, "\n".join(rows)


def test_it_is_broken_as_stated(example: Example, compiler: Compiler) -> None:
    """The compiler's errors, in its order, and no other ones."""
    checked = compiler.check(example)
    assert sorted(checked.errors) == sorted(example.expected["errors"])
    assert checked.ok == (not example.expected["errors"])


@pytest.mark.slow
def test_its_tests_fail_as_stated(example: Example, compiler: Compiler) -> None:
    """A crate that does not compile passes no test of the faulty member; one that does fails those named."""
    results = compiler.tests(example)
    failing = example.expected.get("failing")
    if failing is None:
        assert not all(results.get(name, False) for name in example.expected["tests"])
    else:
        assert sorted(results) == example.expected["tests"]
        assert sorted(name for name, ok in results.items() if not ok) == failing


@pytest.mark.slow
def test_suggestions_reach_what_is_stated(example: Example, compiler: Compiler) -> None:
    """Depth-first over the compiler's suggestions: is there a way to a crate whose tests all pass?"""
    wanted = dict.fromkeys(example.expected["tests"], True)
    seen_errors: set[str] = set()
    seen: list[Files] = []
    waiting = [example.sources()]
    solved = False
    while waiting and not solved and len(seen) < MOST_STEPS:
        files = waiting.pop()
        if files in seen:
            continue
        seen.append(files)
        example.write(files)
        checked = compiler.check(example)
        seen_errors.update(checked.errors)
        solved = checked.ok and compiler.tests(example) == wanted
        # The last one waits on top of the stack: the compiler's own order is kept.
        waiting += [example.with_fix(files, fix) for fix in reversed(checked.fixes)]
    assert solved == example.expected["repairable_by_suggestion"]
    assert len(seen) < MOST_STEPS
    assert seen_errors >= {*example.expected["errors"], *example.expected.get("then", [])}
