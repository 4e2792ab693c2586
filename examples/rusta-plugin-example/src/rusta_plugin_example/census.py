"""Finding sites in Rust code that a reviewer wants to look at twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from rusta_plugin_example.masking import mask

Kind = Literal["unsafe", "todo", "panic", "unwrap"]

# How a site of each kind is written.
KINDS: dict[Kind, str] = {
    "unsafe": r"\bunsafe\b",
    "todo": r"\b(?:todo|unimplemented)\s*!",
    "panic": r"\bpanic\s*!",
    "unwrap": r"\.\s*(?:unwrap|expect)\s*\(",
}
_SITE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
SKIPPED_FOLDERS = frozenset({"target", ".git"})


@dataclass(frozen=True)
class Found:
    """One site: its kind, its line (from 1), and that line's text."""

    kind: Kind
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
        yield Found(cast(Kind, match.lastgroup), number, lines[number - 1].strip())


def is_source(path: str) -> bool:
    """True for the path of a Rust file that somebody wrote, relative to its tree."""
    return path.endswith(".rs") and SKIPPED_FOLDERS.isdisjoint(path.split("/"))
