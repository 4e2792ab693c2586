"""``while { … }``: a loop whose condition was never meant to be there. Syntax errors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.edits import replace
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Category, Diagnostic, Replacement

# The parser points at the keyword, or at the label in front of it.
_BARE = re.compile(rb"(?:'\w+\s*:\s*)?(while)\s*\{")
_PRIOR = 0.93


def propose(situation: Situation) -> Iterator[Candidate]:
    """``loop`` for every ``while`` that the parser took a block for the condition of."""
    found: dict[tuple[str, int], tuple[int, Replacement]] = {}
    for number, error in enumerate(situation.diagnostics):
        if error.category is Category.SYNTAX:
            for change in _changes(situation, error):
                found.setdefault((change.path, change.start), (number, change))
    numbers = {number for number, _ in found.values()}
    if found:
        yield Candidate(
            "write `loop` for `while` without a condition",
            tuple(change for _, change in found.values()),
            _PRIOR,
            diagnostic=numbers.pop() if len(numbers) == 1 else None,
        )


def _changes(situation: Situation, error: Diagnostic) -> Iterator[Replacement]:
    for span in error.spans:
        try:
            source = situation.source(span.path)
        except SourceUnavailable:
            continue
        bare = _BARE.match(source, span.start)
        if bare is not None and "while parsing the body" in (span.label or ""):
            yield replace(span.path, bare.start(1), bare.end(1), "loop")
