"""Rust text with everything blanked out that is not code.

A search for words in Rust must not find them in comments and string literals. No parser is needed for that: a scanner
of five kinds of token is enough (The Rust Reference, chapters "Comments" and "Tokens").
"""

from __future__ import annotations

import re

_NOT_CODE = re.compile(
    r"""
    (?P<line>//[^\n]*)
  | (?P<block>/\*)
  | (?P<raw>\b[bc]?r(?P<hashes>\#*)")
  | (?P<string>"(?:\\.|[^"\\])*(?:"|\Z))
  | (?P<char>'(?:\\(?:u\{[^}\n]*\}|x[0-9A-Fa-f]{2}|.)|[^'\\\n])')
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_VISIBLE = re.compile(r"[^\n]")


def mask(source: str) -> str:
    """``source`` with comments and literals replaced by blanks; every character keeps its place and every line its end.

    A literal or comment that is never closed reaches to the end of the text, as it does for the compiler.
    """
    pieces: list[str] = []
    position = 0
    while (match := _NOT_CODE.search(source, position)) is not None:
        if match["block"]:
            end = _block_end(source, match.end())
        elif match["raw"]:
            close = '"' + match["hashes"]
            found = source.find(close, match.end())
            end = len(source) if found < 0 else found + len(close)
        else:
            end = match.end()
        pieces += (
            source[position : match.start()],
            _VISIBLE.sub(" ", source[match.start() : end]),
        )
        position = end
    pieces.append(source[position:])
    return "".join(pieces)


def _block_end(source: str, position: int) -> int:
    """Where the block comment ends whose opening stands before ``position``; block comments nest."""
    depth = 1
    while depth:
        edge = _BLOCK_EDGE.search(source, position)
        if edge is None:
            return len(source)
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return position
