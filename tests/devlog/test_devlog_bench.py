"""The benchmark runs, measures all three, and leaves nothing behind. Speed is not asserted here."""

from __future__ import annotations

from rusta_devlog.bench import run


def test_it_compares_three(tmp_path):
    result = run(10, tmp_path)
    assert set(result["appends_per_second"]) == {"devlog", "sqlite", "fdatasync"}
    assert all(rate > 0 for rate in result["appends_per_second"].values())
    assert result["vs_sqlite"] > 0
    assert result["vs_fdatasync"] > 0
    assert list(tmp_path.iterdir()) == []
