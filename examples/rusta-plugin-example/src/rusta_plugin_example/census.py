"""Finding sites in Rust code that a reviewer wants to look at twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rusta_plugin_example.masking import mask

# A kind of site, and how it is written.
KINDS = {
    "unsafe": r"\bunsafe\b",
    "todo": r"\b(?:todo|unimplemented)\s*!",
    "panic": r"\bpanic\s*!",
    "unwrap": r"\.\s*(?:unwrap|expect)\s*\(",
}
_SITE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
SKIPPED_FOLDERS = frozenset({"target", ".git"})
LARGEST_FILE = 4 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """One site: its kind, its line (from 1), and that line's text."""

    kind: str
    line: int
    text: str


def scan(source: str) -> Iterator[Found]:
    """Every site in ``source``, in the order of the text."""
    lines = source.split("\n")
    masked = mask(source)
    number, counted = 1, 0
    for match in _SITE.finditer(masked):
        # The dot of a method may stand on the line before: the site is where the match ends.
        number += masked.count("\n", counted, match.end())
        counted = match.end()
        assert match.lastgroup is not None
        yield Found(match.lastgroup, number, lines[number - 1].strip())


def source_files(root: Path) -> Iterator[str]:
    """The Rust files below ``root`` as relative POSIX paths, sorted; links are not followed."""
    for path in sorted(root.rglob("*.rs")):
        relative = path.relative_to(root)
        if SKIPPED_FOLDERS.isdisjoint(relative.parts) and path.is_file() and not path.is_symlink():
            yield relative.as_posix()
