"""docs/reference/cli.md is what the commands say."""

from __future__ import annotations

from pathlib import Path

from rusta_conductor.cli.exit_codes import MEANINGS
from rusta_conductor.cli.reference import ENVIRONMENT, document

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "cli.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == document(), "run: python -m rusta_conductor.cli.reference > docs/reference/cli.md"


def test_the_page_does_not_depend_on_the_terminal(monkeypatch: object) -> None:
    import os
    from unittest import mock

    with mock.patch.dict(os.environ, {"COLUMNS": "40", "LANG": "C", "NO_COLOR": "1"}):
        assert document() == PAGE.read_text("utf-8")


def test_the_page_has_every_exit_code_and_variable() -> None:
    page = PAGE.read_text("utf-8")
    for code, (_, meaning) in MEANINGS.items():
        assert f"| {code} | {meaning} |" in page
    for name, _ in ENVIRONMENT:
        assert f"| `{name}` |" in page


def test_every_switch_of_the_sources_is_explained() -> None:
    """A variable that some code reads and no page mentions is a secret."""
    import re

    named = {name for name, _ in ENVIRONMENT}
    found: set[str] = set()
    for source in (ROOT / "conductor").rglob("*.py"):
        found |= set(re.findall(r'"(RUSTA_[A-Z_]+)"', source.read_text("utf-8")))
    assert found - {"RUSTA_COMPLETE"} <= named
