"""Text made after the model of its siblings: what ``y`` gets when ``x`` got ``self.x + other.x``.

A sibling is a pair of a name and the text that goes with it. Where the text speaks of the name, in whatever spelling,
the new text speaks of the new name in the same spelling.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, product

from rusta_cargo.repair.code.similar import words_of

# How a name of several words may be spelt inside other text, the likeliest first.
SPELLINGS: tuple[Callable[[list[str]], str], ...] = (
    lambda words: "_".join(words),
    lambda words: "".join(word.capitalize() for word in words),
    lambda words: "_".join(words).upper(),
    lambda words: "-".join(words),
    lambda words: " ".join(words),
    lambda words: " ".join(word.capitalize() for word in words),
    lambda words: " ".join([words[0].capitalize(), *words[1:]]),
    lambda words: "".join([words[0], *(word.capitalize() for word in words[1:])]),
    lambda words: "".join(words),
    lambda words: "-".join(words).upper(),
)
_MOST_READINGS = 64


def _mention(name: str) -> re.Pattern[str] | None:
    """Matches the spellings of ``name`` where they are not part of a longer word; underscores end a word."""
    words = words_of(name)
    if not words:
        return None
    spelt = sorted({name, *(spelling(words) for spelling in SPELLINGS)}, key=lambda text: (-len(text), text))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, spelt))})(?![A-Za-z0-9])")


def mentions(name: str, text: str) -> bool:
    """``text`` speaks of ``name`` in some spelling."""
    found = _mention(name)
    return found is not None and found.search(text) is not None


def skeleton(name: str, text: str) -> str:
    """``text`` with a blank for every mention of ``name``."""
    found = _mention(name)
    return text if found is None else found.sub("\0", text)


def readings(sibling: str, text: str, name: str) -> list[str]:
    """What ``text`` may become for ``name``: each spelling that explains how ``sibling`` is mentioned, if it is."""
    found = _mention(sibling)
    forms = [] if found is None else list(dict.fromkeys(found.findall(text)))
    if found is None or not forms:
        return []
    mine, theirs = words_of(sibling), words_of(name) or [name]
    choices: list[list[str]] = []
    for form in forms:
        fitting = [name] if form == sibling else []
        fitting += [spelling(theirs) for spelling in SPELLINGS if spelling(mine) == form]
        choices.append(list(dict.fromkeys(fitting)))
    made: list[str] = []
    for chosen in islice(product(*choices), _MOST_READINGS):
        spelt = dict(zip(forms, chosen, strict=True))
        made.append(found.sub(lambda match, spelt=spelt: spelt[match[0]], text))  # type: ignore[misc]
    return list(dict.fromkeys(made))


def by_analogy(name: str, siblings: Sequence[tuple[str, str]], most: int = 4) -> list[tuple[str, float]]:
    """Texts for ``name`` after its siblings (name, text), with the share of the siblings that agree, best first.

    A text counts when it was made from one that speaks of its sibling's name, or when several have it word for word.
    """
    votes: Counter[str] = Counter()
    order: dict[str, int] = {}
    for sibling, text in siblings:
        made = readings(sibling, text, name)
        for rank, reading in enumerate(made or [text]):
            votes[reading] += 1
            order[reading] = min(rank, order.get(reading, rank))
    told = {reading for sibling, text in siblings for reading in readings(sibling, text, name)}
    good = [(text, count) for text, count in votes.items() if text in told or count > 1]
    good.sort(key=lambda pair: (-pair[1], order[pair[0]], pair[0]))
    return [(text, count / len(siblings)) for text, count in good[:most]]


def common(texts: Iterable[str]) -> list[tuple[str, int]]:
    """The texts with how often they occur, most often first."""
    return sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0]))
