"""What a ``use`` declaration brings, from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(r"\$?\w+|::|[{},*]")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|#\[[^\]]*\]", re.DOTALL)


@dataclass(frozen=True)
class Leaf:
    """One name that a declaration brings. ``path``: its segments, those of the module when it is a glob.

    file, at: where the declaration stands.
    """

    path: tuple[str, ...]
    alias: str
    glob: bool
    file: Path
    at: int


def leaves(text: str, file: Path, at: int) -> Iterator[Leaf]:
    """The leaves of ``a::{b, c as d, e::*}``; text that is no such tree gives what can be read of it."""
    tokens = _TOKEN.findall(_COMMENT.sub(" ", text))
    prefixes: list[tuple[str, ...]] = [()]
    path: list[str] = []
    renamed = ""
    position = 0

    def done(*, glob: bool = False) -> Iterator[Leaf]:
        whole = (*prefixes[-1], *path)
        if path and not glob:
            own = whole[:-1] if whole[-1] == "self" and len(whole) > 1 else whole
            if renamed != "_":
                yield Leaf(own, renamed or own[-1], False, file, at)
        elif glob:
            yield Leaf(whole, "*", True, file, at)

    while position < len(tokens):
        token = tokens[position]
        if token == "{":
            prefixes.append((*prefixes[-1], *path))
            path = []
        elif token in (",", "}"):
            yield from done()
            path, renamed = [], ""
            if token == "}" and len(prefixes) > 1:
                prefixes.pop()
        elif token == "*":
            yield from done(glob=True)
            path = []
        elif token == "as":
            if position + 1 < len(tokens) and tokens[position + 1].isidentifier():
                position += 1
                renamed = tokens[position]
        elif token != "::":
            path.append(token)
        position += 1
    yield from done()
