"""What a patch of a text that does not parse may not do.

The items of such a text cannot be told apart by name: a bracket that is missing moves every test behind it into another
module. What its words say is compared instead, and only between the first and the last line that differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from rusta_cargo.repair.code.lexer import Token, tokens

_HIDING = (b"cfg", b"cfg_attr", b"ignore", b"should_panic")
_ASSERTIONS = (b"assert", b"debug_assert", b"prop_assert")
# What a parser stops at; the meaning of an assertion is in the rest.
_SHAPE = frozenset((b"(", b")", b"[", b"]", b"{", b"}", b",", b";"))


def broken_refusals(path: str, before: bytes, after: bytes) -> Iterator[str]:
    """Why a patch of the broken text ``before`` is refused."""
    old, new = (tuple(tokens(text)) for text in between(before, after))
    if _words(new, b"mod") < _words(old, b"mod"):
        yield f"a module of {path} would be gone"
    for name in _HIDING:
        if _words(new, name) > _words(old, name):
            yield f"code of {path} would be hidden by #[{name.decode()}]"
    if _assertions(old) != _assertions(new):
        yield f"an assertion of {path} would change"


@lru_cache(maxsize=32)
def between(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """Both texts without the lines that they share at the beginning and at the end."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    shorter -= head
    tail = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
    return b"".join(old[head : len(old) - tail]), b"".join(new[head : len(new) - tail])


def _words(found: Sequence[Token], text: bytes) -> int:
    return sum(1 for token in found if token.kind == "word" and token.text == text)


def _assertions(found: Sequence[Token]) -> Counter[tuple[bytes, ...]]:
    """What is asserted, each assertion up to the end of its statement or to the next one."""
    said: list[list[bytes]] = []
    inside = False
    for token, following in pairwise((*found, Token("punctuation", b";", 0, 0))):
        if token.kind == "word" and token.text.startswith(_ASSERTIONS) and following.text == b"!":
            said.append([])
            inside = True
        if inside and token.text not in _SHAPE:
            said[-1].append(token.text)
        if token.text in (b";", b"fn"):
            inside = False
    return Counter(tuple(words) for words in said)
