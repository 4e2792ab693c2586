"""One sign for another where the text around it leaves no doubt: syntax errors.

``list.iter()::map(f)`` is a method called on a value, ``Some(n) -> n,`` is an arm, ``fn f() => u8`` gives back a type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import replace
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Category

_PRIOR = 0.95
_NEAR = 160
_VALUE = re.compile(rb"[)\]?]\s*$")
_METHOD = re.compile(rb"\s*[a-z_]\w*\s*(?:::<|\()")
_HEAD = re.compile(rb"\bfn\s+\w+\s*(?:<[^(]*>)?\s*\([^{};]*\)\s*$")
_ARM = re.compile(rb"(?m)^[ \t]*(?:[A-Za-z_\d\"'&(\[|][^={};]*?|_) $")


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """The sign that the place asks for."""
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if place is None or error.category is not Category.SYNTAX or not place.path.endswith(".rs"):
            continue
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        for sign, rust in ((b"::", "."), (b"=>", "->"), (b"->", "=>")):
            for start in _occurrences(source, sign, place.start):
                before = source[max(0, start - _NEAR) : start]
                if _fits(before, source[start + len(sign) :], sign):
                    yield Candidate(
                        f"write `{rust}` for `{sign.decode()}`",
                        (replace(place.path, start, start + len(sign), rust),),
                        _PRIOR,
                        diagnostic=number,
                    )


def _occurrences(source: bytes, sign: bytes, byte: int) -> Iterator[int]:
    """Where the sign stands on the line of ``byte``, up to where the parser stopped."""
    start = source.rfind(b"\n", 0, byte) + 1
    at = source.find(sign, start, byte + len(sign))
    while at >= 0:
        yield at
        at = source.find(sign, at + 1, byte + len(sign))


def _fits(before: bytes, after: bytes, sign: bytes) -> bool:
    if sign == b"->":
        line = before[before.rfind(b"\n") + 1 :]
        spaced = line.endswith(b" ") and after[:1] == b" "
        return spaced and b"fn" not in line.split() and b"|" not in line and _ARM.search(line) is not None
    if sign == b"::":
        return _VALUE.search(before) is not None and _METHOD.match(after) is not None
    return _HEAD.search(before) is not None
