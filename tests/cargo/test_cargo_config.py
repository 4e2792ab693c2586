"""Cargo's configuration in a sandbox: sources stay, secrets and helpers go."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.cargo_config import outside_config, to_toml, tree_environment

Lay = Callable[..., Path]


def test_only_what_builds_need_is_kept(lay: Lay) -> None:
    root = lay(
        {
            "home/config.toml": (
                '[registry]\ntoken = "s3cret"\ndefault = "mine"\n'
                '[registries.mine]\nindex = "https://x"\ntoken = "s3cret"\n'
                '[http]\nproxy = "http://user:s3cret@proxy"\n'
                '[env]\nAPI_TOKEN = "s3cret"\nCC = "gcc"\n'
                '[build]\nrustc-wrapper = "sccache"\nrustflags = ["-Cdebuginfo=0"]\n'
                '[alias]\nb = "build"\n'
            ),
            "crate/Cargo.toml": "",
        }
    )
    tables = outside_config(root / "crate", root / "crate", root / "home").tables
    assert "s3cret" not in to_toml(tables)
    assert tables == {
        "registry": {"default": "mine"},
        "registries": {"mine": {"index": "https://x"}},
        "env": {"CC": "gcc"},
        "build": {"rustflags": ["-Cdebuginfo=0"]},
    }


def test_nearer_files_win_and_folders_are_found(lay: Lay) -> None:
    source = '[source.crates-io]\nreplace-with = "{0}"\n[source.{0}]\ndirectory = "{0}"\n'
    root = lay(
        {
            "home/config.toml": source.format("far"),
            ".cargo/config.toml": source.format("near"),
            "crate/.cargo/config.toml": '[source.v]\ndirectory = "vendor"\n[source.w]\ndirectory = "../private"\n',
            "crate/vendor/x/.cargo-checksum.json": "{}",
            "private/key": "s3cret",
        }
    )
    found = outside_config(root / "crate", root / "crate", root / "home")
    assert found.tables["source"]["crates-io"]["replace-with"] == "near"
    assert found.tables["source"]["near"]["directory"] == str(root / "near")
    assert set(found.folders) == {root / "far", root / "near", root / "crate/vendor"}, "a tree must not show any folder"


def test_the_trees_own_variables(lay: Lay) -> None:
    root = lay(
        {
            ".cargo/config.toml": '[env]\nA = "1"\nB = { value = "x", relative = true }\n',
            "m/.cargo/config": '[env]\nA = "2"\n',
        }
    )
    assert tree_environment(root / "m", root) == {"A": "2", "B": str(root / "x")}


KEYS = st.text(min_size=1, max_size=6)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_tables_survive_being_written(tables: dict[str, object]) -> None:
    assert tomllib.loads(to_toml(tables)) == tables
