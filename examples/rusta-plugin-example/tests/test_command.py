"""``rusta census``, called as click calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rusta_plugin_example.command import census


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text("fn a() { b().unwrap(); c().unwrap(); todo!() }\n")
    (tmp_path / "src" / "gone.rs").symlink_to(tmp_path / "nowhere.rs")
    return tmp_path


def test_the_table_counts_and_lists(crate: Path) -> None:
    result = CliRunner().invoke(census, [str(crate), "--limit", "1"], catch_exceptions=False)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["0", "unsafe"],
        ["1", "todo"],
        ["0", "panic"],
        ["2", "unwrap"],
    ]
    assert lines[4].startswith("src/lib.rs:1: unwrap: fn a()")
    assert lines[5] == "... and 2 more; --limit shows them"
    assert lines[6] == "src/gone.rs: could not be read"


def test_json_is_the_whole_result(crate: Path) -> None:
    arguments = [str(crate), "--json", "--kind", "todo"]
    result = CliRunner().invoke(census, arguments, catch_exceptions=False)
    data = json.loads(result.output)
    assert data["counts"] == {"todo": 1}
    assert data["files"] == 1
    assert data["skipped"] == ["src/gone.rs"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(census, [str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "nowhere" in result.output
