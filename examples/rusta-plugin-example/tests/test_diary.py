"""One line for every closed episode."""

from __future__ import annotations

from pathlib import Path

import pytest
from rusta_plugin_example import plugin
from rusta_plugin_example.diary import VARIABLE
from rusta_schemas.devlog import DevLogEntry

ENTRY = DevLogEntry(
    ts="2025-01-31T12:00:00.000000Z",
    episode="repair-1",
    kind="closed",
    data={"outcome": "repaired", "summary": "added a semicolon\nin src/lib.rs"},
)


def test_a_closed_episode_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diary = tmp_path / "diary.tsv"
    monkeypatch.setenv(VARIABLE, str(diary))
    plugin.rusta_episode_closed(ENTRY)
    plugin.rusta_episode_closed(ENTRY)
    lines = diary.read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert lines[0].split("\t") == [
        "2025-01-31T12:00:00.000000Z",
        "repair-1",
        "repaired",
        "added a semicolon in src/lib.rs",
    ]


def test_without_the_variable_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    plugin.rusta_episode_closed(ENTRY)
    assert list(tmp_path.iterdir()) == []
