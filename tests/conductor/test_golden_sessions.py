"""The golden sessions of the tree: every decision must be made again, without a tool being run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "golden"
SESSIONS = sorted(FOLDER.glob("*.json"))


def check(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rusta_conductor.golden", str(path)], capture_output=True, text=True, check=False
    )


def test_there_are_sessions() -> None:
    assert len(SESSIONS) >= 5


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_golden_session_comes_out_the_same(path: Path) -> None:
    """After a change on purpose: ``python tests/golden/regenerate.py``, and a look at the difference."""
    done = check(path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_session_that_was_touched_is_refused(tmp_path: Path) -> None:
    touched = tmp_path / "touched.json"
    text = SESSIONS[0].read_text(encoding="utf-8")
    assert text.count("abstained") + text.count("repaired") > 0
    touched.write_text(text.replace("repaired", "retaired").replace("abstained", "obstained"), encoding="utf-8")
    assert check(touched).returncode != 0
