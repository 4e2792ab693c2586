"""The tokens of Rust text, found without a grammar, so that text no parser accepts can still be read.

Positions are bytes. Comments are left out. Follows the lexical structure in the Rust Reference ("Tokens").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PUNCTUATION = (
    b"<<=", b">>=", b"...", b"..=", b"::", b"->", b"=>", b"==", b"!=", b"<=", b">=", b"&&", b"||", b"+=", b"-=",
    b"*=", b"/=", b"%=", b"^=", b"&=", b"|=", b"..",
)  # fmt: skip
_TOKEN = re.compile(
    rb"""
    (?P<space>\s+|//[^\n]*)
  | (?P<comment>/\*)
  | (?P<raw>(?:br|cr|r)(?P<hashes>\#*)")
  | (?P<string>(?:b|c)?"(?:[^"\\]|\\.)*(?P<closed>")?)
  | (?P<char>b?'(?:[^'\\\n]|[\xc2-\xf4][\x80-\xbf]{1,3}|\\(?:[nrt\\0'"]|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}))')
  | (?P<lifetime>'[A-Za-z_][A-Za-z0-9_]*)
  | (?P<number>[0-9][0-9_]*(?:\.[0-9][0-9_]*)?[A-Za-z0-9_]*)
  | (?P<word>(?:r\#)?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)
  | (?P<punctuation>"""
    + b"|".join(re.escape(item) for item in _PUNCTUATION)
    + rb"""|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: word lifetime number string char punctuation; comment for one that never ends.

    ``closed`` is False for a string or comment that never ends.
    """

    kind: str
    text: bytes
    start: int
    end: int
    closed: bool = True

    def __str__(self) -> str:
        return self.text.decode("utf-8", "replace")


def tokens(source: bytes, place: int = 0) -> Iterator[Token]:
    """All tokens of ``source`` in order, from ``place`` on, where one begins."""
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None:  # a lone continuation byte
            place += 1
            continue
        kind, end, closed = match.lastgroup or "space", match.end(), True
        if match["comment"] is not None:
            start, place, closed = place, *_comment_end(source, end)
            if not closed:
                yield Token("comment", source[start:], start, place, closed=False)
            continue
        if match["space"] is not None:
            place = end
            continue
        if match["raw"] is not None:
            stop = source.find(b'"' + match["hashes"], end)
            closed = stop >= 0
            end = len(source) if stop < 0 else stop + 1 + len(match["hashes"])
            kind = "string"
        elif match["string"] is not None:
            kind, closed = "string", match["closed"] is not None
        else:
            kind = next(name for name in ("char", "lifetime", "number", "word", "punctuation") if match[name])
        yield Token(kind, source[place:end], place, end, closed)
        place = end


def _comment_end(source: bytes, place: int) -> tuple[int, bool]:
    depth = 1
    for match in re.compile(rb"/\*|\*/").finditer(source, place):
        depth += 1 if match[0] == b"/*" else -1
        if depth == 0:
            return match.end(), True
    return len(source), False


OPENERS = {b"(": b")", b"[": b"]", b"{": b"}"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}


# A run of tokens that open and close nothing; as in _TOKEN, but for raw strings, comments in blocks and strings without end.
_PLAIN = re.compile(
    rb"""
    (?: \s+
      | //[^\n]*
      | (?! (?:br|cr|r)\#*" )
        (?: (?:b|c)?"(?:[^"\\]|\\.)*"
          | b?'(?:[^'\\\n]|[\xc2-\xf4][\x80-\xbf]{1,3}|\\(?:[nrt\\0'"]|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}))'
          | '[A-Za-z_][A-Za-z0-9_]*
          | [0-9][0-9_]*(?:\.[0-9][0-9_]*)?[A-Za-z0-9_]*
          | (?:r\#)?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*
          | (?! /\* ) [^()\[\]{}"]
        )
    )*+
    """,
    re.VERBOSE | re.DOTALL,
)


def balanced(source: bytes) -> bool:
    """Every bracket of ``source`` has its partner, and every string an end."""
    stack: list[bytes] = []
    place = 0
    while True:
        plain = _PLAIN.match(source, place)
        place = place if plain is None else plain.end()
        token = next(tokens(source, place), None)
        if token is None:
            return not stack
        if not token.closed:
            return False
        place = token.end
        if token.kind != "punctuation":
            continue
        if token.text in OPENERS:
            stack.append(OPENERS[token.text])
        elif token.text in CLOSERS and (not stack or stack.pop() != token.text):
            return False
