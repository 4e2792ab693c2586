"""Fences and marks of a text that the code was copied out of: a line of three backquotes or tildes around it.

They stand on lines of their own, which no Rust has outside of comments and long texts; all of a file go at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import delete
from rusta_cargo.repair.code.lexer import tokens
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_cargo.taxonomy import PHASE_PARSE
from rusta_schemas.diagnostic import Category

_FENCE = re.compile(rb"(?m)^[ \t]*(?:```+|~~~+)[ \t]*[\w+.:/ -]*\r?$\n?")
_PRIOR = 0.97


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Take the fences of every file away that the parser refuses."""
    seen: set[str] = set()
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        syntax = error.category is Category.SYNTAX or error.phase <= PHASE_PARSE
        if place is None or place.path in seen or not syntax or not place.path.endswith(".rs"):
            continue
        seen.add(place.path)
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        lines = [found.span() for found in _FENCE.finditer(source)]
        seen_by_lexer = [t.start for t in tokens(source) if t.kind not in ("comment", "string")] if lines else []
        # In a comment or a text there are no words of the language.
        open_lines = [(a, b) for a, b in lines if any(a <= start < b for start in seen_by_lexer)]
        if open_lines:
            parts = tuple(delete(place.path, start, end) for start, end in open_lines)
            yield Candidate("take the fences around the code away", parts, _PRIOR, diagnostic=number)
