"""Strings, characters and comments that never end, and literals that are not well formed.

An unterminated string is reported where the last quote of the file is; the missing one is nearly always on a line with
an odd number of quotes. E0758, E0762, E0763, E0765, E0766, E0748, E0768, and escapes without a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import insert, replace
from rusta_cargo.repair.code.lexer import balanced, tokens
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_cargo.repair.syntax import parse
from rusta_schemas.diagnostic import Replacement

UNTERMINATED = {
    "E0765": b'"',
    "E0766": b'"',
    "E0762": b"'",
    "E0763": b"'",
    "E0748": b'"',
}
# What may follow a literal: the quote belongs before it.
_AFTER = b";,)]}. "
_BEFORE = b"(,=[&{ "
_OFFERED = 12
_LINES = 4000


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """End what never ends; mend escapes and number prefixes."""
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        empty = error.message == "empty character literal"
        if place is None or not (empty or error.code in (*UNTERMINATED, "E0758", "E0768")):
            continue
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        if empty:
            start = source.find(b"''", max(0, place.start - 1), place.end + 2)
            changes = [replace(place.path, start, start + 2, text) for text in ('""', "' '")] if start >= 0 else []
        elif error.code == "E0758":
            changes = _comment_ends(place.path, source, place.start)
        elif error.code == "E0768":
            changes = [
                replace(
                    place.path,
                    place.start,
                    place.end,
                    situation.text(place.path, place.start, place.end)[2:] or "0",
                )
            ]
        elif error.code == "E0748":
            changes = _raw_ends(place.path, source, place.start)
        else:
            changes = _quotes(place.path, source, place.start, UNTERMINATED[error.code or ""])
        rated = sorted(changes, key=lambda change: not _whole(source, change))
        for rank, change in enumerate(rated[:_OFFERED]):
            yield Candidate(
                title=f"write `{change.text}`" if empty else f"add the missing `{change.text.strip()}`",
                replacements=(change,),
                prior=(0.8 if _whole(source, change) else 0.2) * 0.8**rank,
                diagnostic=number,
                cites=(error.code,) if error.code else (),
            )


def _quotes(path: str, source: bytes, at: int, quote: bytes) -> list[Replacement]:
    """Places for the missing quote: on the reported line, then on earlier lines with an odd number of quotes."""
    found: list[Replacement] = []
    stop = source.find(b"\n", at)
    end = len(source) if stop < 0 else stop
    for _ in range(_LINES):
        start = source.rfind(b"\n", 0, end) + 1
        line = source[start:end]
        plain = line.replace(b"\\" + quote, b"  ")
        if plain.count(quote) % 2:
            first = plain.rfind(quote) if quote == b"'" else plain.find(quote)
            for cut in range(len(line.rstrip()), 0, -1):
                ends = line[cut : cut + 1] in _AFTER or cut >= len(line.rstrip()) or cut == first
                if ends or line[cut - 1 : cut] in _BEFORE:
                    found.append(insert(path, start + cut, quote.decode()))
            if len(found) > 40:
                break
        if start == 0:
            break
        end = start - 1
    return found


def _raw_ends(path: str, source: bytes, at: int) -> list[Replacement]:
    """The hashes of a raw string put behind a quote that ends a line's code, or taken from its beginning."""
    opening = re.match(rb"b?c?r(#+)\"", source[at : at + 80])
    if opening is None:
        return _quotes(path, source, at, b'"')
    found = [
        insert(path, match.start() + 1, opening[1].decode())
        for match in re.compile(rb"\"(?=[;,)\].?}\s])").finditer(source, at + opening.end())
    ]
    return found[:_OFFERED]


def _comment_ends(path: str, source: bytes, at: int) -> list[Replacement]:
    line = source.find(b"\n", at)
    ends = [line if line >= 0 else len(source), len(source)]
    return [insert(path, end, " */") for end in dict.fromkeys(ends)]


def _whole(source: bytes, change: Replacement) -> bool:
    after = source[: change.start] + change.text.encode() + source[change.end :]
    return balanced(after) and not parse(after).root_node.has_error and any(tokens(after))
