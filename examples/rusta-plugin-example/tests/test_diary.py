"""One line for every closed episode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rusta_plugin_example import plugin
from rusta_plugin_example.diary import VARIABLE

if TYPE_CHECKING:
    from rusta_conductor.testing.live import LiveEpisode

Episodes = Callable[..., "LiveEpisode"]


def test_a_closed_episode_is_one_line(episode: Episodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diary = tmp_path / "diary.tsv"
    monkeypatch.setenv(VARIABLE, str(diary))
    runs = [episode({}, plugins=[plugin]), episode({}, plugins=[plugin])]
    for run in runs:
        run.run()
    lines = [line.split("\t") for line in diary.read_text("utf-8").splitlines()]
    assert [(name, outcome) for _, name, outcome, _ in lines] == [(run.id, "script_ended") for run in runs]
    assert all(summary == "the script has no further plan" for *_, summary in lines)


def test_without_the_variable_nothing_is_written(
    episode: Episodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    before = sorted(tmp_path.iterdir())
    episode({}, plugins=[plugin]).run()
    assert sorted(tmp_path.iterdir()) == before


def test_a_diary_that_cannot_be_written_stops_nothing(
    episode: Episodes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "no" / "such" / "folder"))
    live = episode({}, plugins=[plugin])
    assert live.run().result is not None
    assert live.of_kind("closed")
    assert "FileNotFoundError" in capsys.readouterr().err
