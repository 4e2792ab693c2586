"""The licence gate: an SPDX expression is allowed or refused, with the reason.

The grammar is the one of SPDX 2.3, annex D: ``AND`` binds stronger than ``OR``; ``WITH`` names an exception, which only
ever adds permissions. A choice (``OR``) is allowed when one of its sides is; a sum (``AND``) when all are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rusta_datasets.errors import LicenceRefused

PERMITTED = frozenset({"0BSD", "Apache-2.0", "MIT", "Unlicense"})
_TOKEN = re.compile(r"\s*(?:(\(|\))|([A-Za-z0-9][A-Za-z0-9.+:-]*))")
_DEEPEST = 50


@dataclass(frozen=True)
class Verdict:
    """Whether text under an expression may be used, and why (not)."""

    allowed: bool
    why: str


def judge(expression: str) -> Verdict:
    """The verdict on an SPDX expression. What cannot be read is refused, never guessed."""
    try:
        reader = _Reader(_tokens(expression))
        verdict = reader.choice(0)
        reader.end()
    except ValueError as wrong:
        return Verdict(False, f"unknown licence {expression!r}: {wrong}")
    return verdict


def require(expression: str, what: str) -> None:
    """Let a source pass.

    :raises LicenceRefused: when its licence is not permitted.
    """
    verdict = judge(expression)
    if not verdict.allowed:
        raise LicenceRefused(
            f"{what}: {verdict.why}. Permitted are {', '.join(sorted(PERMITTED))}; leave this source out."
        )


def _tokens(expression: str) -> list[str]:
    found, at = [], 0
    text = expression.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"unreadable at character {at}")
        found.append(token[1] or token[2])
        at = token.end()
    if not found:
        raise ValueError("no licence is named")
    return found


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def choice(self, depth: int) -> Verdict:
        sides = [self._sum(depth)]
        while self._take("OR"):
            sides.append(self._sum(depth))
        return next((side for side in sides if side.allowed), sides[0])

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise ValueError(f"{self._tokens[self._at]!r} stands where the expression should end")

    def _sum(self, depth: int) -> Verdict:
        parts = [self._one(depth)]
        while self._take("AND"):
            parts.append(self._one(depth))
        return next((part for part in parts if not part.allowed), parts[0])

    def _one(self, depth: int) -> Verdict:
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        if self._take("("):
            inner = self.choice(depth + 1)
            if not self._take(")"):
                raise ValueError("a parenthesis is not closed")
            return inner
        name = self._name()
        if self._take("WITH"):
            self._name()
        if name in PERMITTED:
            return Verdict(True, f"{name} is permitted")
        return Verdict(False, f"{name} is not permitted")

    def _name(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at] in ("(", ")", "AND", "OR", "WITH"):
            raise ValueError("a licence's name is missing")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == word:
            self._at += 1
            return True
        return False
