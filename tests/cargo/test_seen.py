"""The ledger of what a target folder has seen."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.seen import Seen, load, save

TREES = st.dictionaries(st.sampled_from(["a.rs", "b.rs", "c/d.rs", "Cargo.toml"]), st.sampled_from("0123"), max_size=4)


@given(TREES, TREES)
def test_what_differs_is_stale_and_nothing_else(before: dict[str, str], now: dict[str, str]) -> None:
    stale = Seen(before).stale(now)
    if before:
        assert stale == {path for path in now if before.get(path) != now[path]}
    else:
        assert stale == set()


def test_a_script_whose_files_are_gone_runs_again() -> None:
    base = {"a/build.rs": "1", "b/build.rs": "1", "a/src/lib.rs": "1"}
    assert Seen(base, frozenset({"a/src/made.rs"})).stale(base) == {"a/build.rs"}
    assert Seen(base, frozenset({"elsewhere/made.rs"})).stale(base) == {"a/build.rs", "b/build.rs"}
    assert Seen(base, frozenset({"a/src/lib.rs"})).stale(base) == set()


def test_kept_between_episodes(tmp_path: Path) -> None:
    assert load(tmp_path) == Seen()
    seen = Seen({"ü.rs": "1", "bad\udcff.rs": "2"}, frozenset({"x"}), {"/y": "3"}, 4)
    save(tmp_path, seen)
    assert load(tmp_path) == seen
    assert (tmp_path / "seen.json").stat().st_mode & 0o077 == 0


def test_a_damaged_ledger_is_an_empty_one(tmp_path: Path) -> None:
    for text in ("", "[]", '{"content": 1, "generated": []}', '{"content": {}}'):
        (tmp_path / "seen.json").write_text(text)
        assert load(tmp_path) == Seen()


def test_a_change_outside_under_an_old_time_misleads_cargo() -> None:
    seen = Seen(outside={"/a": "1", "/b": "1"}, at_ns=100)
    assert not seen.misled({"/a": ("1", 5), "/b": ("2", 101)})
    assert seen.misled({"/a": ("2", 100)})
    assert seen.misled({"/new": ("1", 5)})
    assert not Seen().misled({"/new": ("1", 5)})
