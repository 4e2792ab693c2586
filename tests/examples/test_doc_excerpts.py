"""Code in the how-to guides is an excerpt of files that are installed and tested."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

GUIDES = ("docs/how-to/write-a-plugin.md", "docs/how-to/write-a-proposer.md", "docs/how-to/write-a-domain.md")
_BLOCK = re.compile(
    r"(?:^<!-- from (?P<file>\S+) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# What a person types, and tables of what is shown, are no excerpts.
_OF_FILES = ("python", "toml", "rust")


def excerpts(text: str) -> list[tuple[str | None, str]]:
    """(file, code) for every block in a language that files are written in."""
    return [
        (match["file"], match["body"])
        for match in _BLOCK.finditer(text)
        if match["language"] in _OF_FILES or match["file"]
    ]


def stands_in(body: str, source: str) -> bool:
    """Whether the lines stand in the file, which may have them further to the right."""
    return any(f"\n{textwrap.indent(body, ' ' * columns)}" in f"\n{source}" for columns in (0, 4, 8))


@pytest.mark.parametrize("guide", GUIDES)
def test_every_code_block_stands_in_a_file(root: Path, guide: str) -> None:
    found = excerpts((root / guide).read_text("utf-8"))
    assert len(found) > 3
    for file, body in found:
        assert file is not None, f"{guide}: this block does not say where it is from:\n{body}"
        source = (root / file).read_text("utf-8")
        assert stands_in(body, source), f"{guide}: {file} has no such lines:\n{body}"


@pytest.mark.parametrize("guide", GUIDES)
def test_links_lead_somewhere(root: Path, guide: str) -> None:
    folder = (root / guide).parent
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", (root / guide).read_text("utf-8")):
        assert (folder / target).exists(), f"{guide}: {target} does not exist"


def test_a_changed_excerpt_would_be_noticed(root: Path) -> None:
    text = (root / GUIDES[0]).read_text("utf-8")
    file, body = excerpts(text)[0]
    assert file is not None
    assert body.replace("=", "==", 1) not in (root / file).read_text("utf-8")
    assert excerpts("```python\nx = 1\n```\n") == [(None, "x = 1\n")]
