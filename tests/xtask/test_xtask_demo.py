"""The parts of the demonstration that can be judged without running it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xtask_lib import demo
from xtask_lib.console import XtaskError

SNAPSHOTS = st.dictionaries(
    st.text("abc/", min_size=1, max_size=4),
    st.text("xyz\n", max_size=12).map(str.encode),
    max_size=4,
)


def crate(root: Path, name: str) -> Path:
    folder = root / "examples" / "broken" / name
    (folder / "src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text("[package]\n")
    (folder / "src" / "main.rs").write_text("fn main() {}\n")
    return folder


def test_a_crate_is_found_by_name_or_path_or_by_itself(tmp_path: Path) -> None:
    second, first = crate(tmp_path, "b"), crate(tmp_path, "a")
    assert demo.find_crate(tmp_path, "b") == second
    assert demo.find_crate(tmp_path, str(second)) == second
    assert demo.find_crate(tmp_path, None) == first
    favourite = crate(tmp_path, demo.FAVOURITES[-1])
    assert demo.find_crate(tmp_path, None) == favourite


def test_an_unknown_crate_names_the_known_ones(tmp_path: Path) -> None:
    crate(tmp_path, "a")
    with pytest.raises(XtaskError, match=r"'c' is no crate; .* are: a"):
        demo.find_crate(tmp_path, "c")


def test_a_checkout_without_examples_is_explained(tmp_path: Path) -> None:
    with pytest.raises(XtaskError, match="holds no crate"):
        demo.find_crate(tmp_path, None)


def test_a_snapshot_leaves_out_what_cargo_makes(tmp_path: Path) -> None:
    folder = crate(tmp_path, "a")
    before = demo.snapshot(folder)
    assert sorted(before) == ["Cargo.toml", "src/main.rs"]
    (folder / "target").mkdir()
    (folder / "target" / "x").write_text("")
    (folder / "Cargo.lock").write_text("")
    assert demo.snapshot(folder) == before
    (folder / "src" / "main.rs").write_bytes(b"fn main() {}\r\n")
    assert demo.snapshot(folder) != before


@given(SNAPSHOTS, SNAPSHOTS)
def test_a_difference_is_empty_only_for_equal_text(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    def lines(side: dict[str, bytes]) -> dict[str, list[bytes]]:
        return {name: text.splitlines() for name, text in side.items() if text}

    assert (demo.difference(before, after) == "") == (lines(before) == lines(after))


def test_a_difference_reads_like_a_patch() -> None:
    text = demo.difference({"src/main.rs": b"a\nb\n"}, {"src/main.rs": b"a\nc\n"})
    assert text.splitlines()[:2] == ["--- a/src/main.rs", "+++ b/src/main.rs"]
    assert {"-b", "+c"} <= set(text.splitlines())


@pytest.mark.parametrize(
    ("result", "name"),
    [
        ({"bundle": "b1"}, "b1"),
        ({"bundle": {"path": "p", "id": "i"}}, "p"),
        ({"bundle": {"id": "i"}}, "i"),
    ],
)
def test_the_bundle_is_named_by_path_or_id(result: object, name: str) -> None:
    assert demo.named(result, "bundle") == name


@pytest.mark.parametrize("result", [{}, [], {"bundle": None}, {"bundle": ""}, {"bundle": {}}])
def test_a_result_without_a_bundle_fails_the_step(result: object) -> None:
    with pytest.raises(demo.StepError, match="names no bundle"):
        demo.named(result, "bundle")


def test_the_repository_s_demonstration_has_a_crate() -> None:
    """The one that `xtask.py demo` shows is there and can be copied."""
    root = Path(__file__).resolve().parents[2]
    found = demo.find_crate(root, None)
    assert os.access(found / "Cargo.toml", os.R_OK)
