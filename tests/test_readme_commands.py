"""Every command that the README and the other documents show exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from xtask_lib.verbs import VERBS

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CHANGELOG.md"]

_XTASK = re.compile(r"xtask\.py +([a-z][a-z:-]*)")
_RUSTA = re.compile(r"(?:^|`|\$ )rusta +([a-z][a-z-]*)", re.MULTILINE)


def code(document: Path) -> str:
    """The document's code: fenced blocks and code spans, one per line."""
    text = document.read_text(encoding="utf-8")
    fences = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    return "\n".join([*fences, *spans])


def test_the_readme_shows_how_to_start() -> None:
    """A stranger follows two commands."""
    assert {"demo", "test"} <= set(_XTASK.findall(code(README)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_verb_of_xtask_exists(document: Path) -> None:
    assert set(_XTASK.findall(code(document))) <= {*VERBS, "help"}


def test_every_command_of_rusta_exists() -> None:
    """By the help of the installed command."""
    rusta = Path(sys.executable).with_name("rusta")
    done = subprocess.run([rusta, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = set(re.findall(r"^  ([a-z][a-z-]*)", done.stdout, re.MULTILINE))
    shown = {word for document in DOCUMENTS for word in _RUSTA.findall(code(document))}
    assert shown
    assert shown <= listed
