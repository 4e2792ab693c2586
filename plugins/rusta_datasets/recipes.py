"""Recipes of training examples: a mistake put into good code, and the smallest edit that takes it out again.

Each recipe is a pattern on the text of one place. What it makes need not be wrong in the eyes of the compiler; a caller
who can compile gives a ``judge`` that says which code a compiler would report, and examples it lets pass are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

Judge = Callable[[bytes], "str | None"]
"""From a whole text to the error it would be given (any words), or None when it is right."""


@dataclass(frozen=True)
class Recipe:
    """``pattern`` finds a place; the group ``cut`` in it is replaced by ``instead``. kind: of the taxonomy of faults."""

    name: str
    kind: str
    pattern: re.Pattern[bytes]
    instead: bytes


@dataclass(frozen=True)
class Triplet:
    """Mutated code, the error, and the fix: ``mutated[start:end]`` is to become ``fix``, which gives the original."""

    recipe: str
    kind: str
    mutated: bytes
    start: int
    end: int
    fix: bytes
    error: str = ""

    @property
    def original(self) -> bytes:
        """The code before the mistake."""
        return self.mutated[: self.start] + self.fix + self.mutated[self.end :]

    @property
    def lines(self) -> int:
        """Lines that the fix touches."""
        return 1 + max(self.fix.count(b"\n"), self.mutated[self.start : self.end].count(b"\n"))


def _recipe(name: str, kind: str, pattern: str, instead: str = "") -> Recipe:
    return Recipe(name, kind, re.compile(pattern.encode()), instead.encode())


RECIPES = (
    _recipe("lost_lifetime", "lifetime", r"&(?P<cut>'[a-z]+ )\w"),
    _recipe("lost_mut", "borrow", r"\blet (?P<cut>mut )\w"),
    _recipe("shared_for_mutable", "borrow", r"&(?P<cut>mut )self\b"),
    _recipe("lost_bound", "trait", r"<\w+(?P<cut>: ?[A-Z]\w+)>"),
    _recipe("lost_where", "trait", r"(?P<cut>\n\s*where\s+\w+: [^\n{]+,?)\n?\s*\{"),
    _recipe("wrong_width", "type", r"\b(?P<cut>usize|u32|u64)\b", "i8"),
    _recipe("lost_conversion", "type", r"(?P<cut>\.(?:to_string|into|as_ref|to_owned)\(\))"),
    _recipe("lost_clone", "move", r"(?P<cut>\.clone\(\))"),
    _recipe("lost_pub", "visibility", r"\n(?P<cut>pub )(?:fn|struct|enum)\b"),
    _recipe("lost_semicolon", "syntax", r"(?P<cut>;)\n\s+let\b"),
    _recipe("lost_brace", "syntax", r"\n(?P<cut>\}\n)\n"),
    _recipe("lost_import", "name", r"(?P<cut>(?:\A|\n)use [^;\n]+;)"),
)


def triplets(text: bytes, count: int, seed: int, judge: Judge | None = None) -> Iterator[Triplet]:
    """At most ``count`` triplets from one text, each with one mistake; the same seed gives the same ones.

    Every recipe that finds a place has the same chance, however many places it finds.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    places = {recipe: [m.span("cut") for m in recipe.pattern.finditer(text)] for recipe in RECIPES}
    live = [recipe for recipe in RECIPES if places[recipe]]
    made = 0
    while live and made < count:
        recipe = live[int(random.integers(len(live)))]
        spots = places[recipe]
        begin, end = spots.pop(int(random.integers(len(spots))))
        if not spots:
            live.remove(recipe)
        mutated = text[:begin] + recipe.instead + text[end:]
        error = "" if judge is None else judge(mutated)
        if error is None:
            continue
        made += 1
        yield Triplet(recipe.name, recipe.kind, mutated, begin, begin + len(recipe.instead), text[begin:end], error)


@dataclass(frozen=True)
class Question:
    """Anchored comprehension: which of ``passages`` (indices) answers ``question``; each is (path, start, end)."""

    question: str
    passages: tuple[tuple[str, int, int], ...]
    answer: int


_SECTION = re.compile(rb"(?:^|\n)([A-Z][^\n]{3,70})\n(?=[A-Z`][^\n]{40,})")


def questions(path: str, text: bytes, choices: int, seed: int) -> Iterator[Question]:
    """One question for each titled section of a page: which passage stands under this title.

    ``choices`` passages are offered, from the same page; pages with fewer give none.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    heads = list(_SECTION.finditer(text))
    if not heads:
        return
    ends = [m.start() for m in heads[1:]] + [len(text)]
    passages = [(path, m.end(1) + 1, end) for m, end in zip(heads, ends, strict=True)]
    if choices < 1 or len(passages) < choices:
        return
    for i, head in enumerate(heads):
        others = [j for j in range(len(passages)) if j != i]
        picked = [i, *(others[int(k)] for k in random.permutation(len(others))[: choices - 1])]
        order = [picked[int(k)] for k in random.permutation(choices)]
        title = head[1].decode("utf-8", "replace")
        yield Question(title, tuple(passages[j] for j in order), order.index(i))
