"""Searches the index: BM25 over titles, headings and text, then a second look at the best of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rusta_docs.collections import collections
from rusta_docs.models import Hit, Passage
from rusta_docs.store import DocStore, Stored
from rusta_schemas.anchor import Anchor

MOST = 50
# How many of the best by BM25 are looked at a second time.
_POOL = 60
# What a title that the question covers is worth, as a share of the best score.
_TITLE_BONUS = 0.35
_WORD = re.compile(r"[A-Za-z0-9_]+")
_STOP = frozenset(
    """
    a an and are as at be by can do does for from has have how i if in into is it its me my of on or so such that the
    their then there these this to was what when where which while who why will with you your mean means work works
    about explain tell rust
    """.split()  # noqa: SIM905  # a list of sixty words in quotes is harder to read
)


def words_of(query: str) -> list[str]:
    """The words of a question that are searched for: all but the commonest, unless there are no others."""
    words = [word.lower() for word in _WORD.findall(query)]
    return list(dict.fromkeys([w for w in words if w not in _STOP] or words))


def search(store: DocStore, query: str, limit: int = 5, only: Sequence[str] = ()) -> list[Hit]:
    """The passages nearest to a question, the best first.

    Args:
        query: words, identifiers or a whole sentence; punctuation has no meaning.
        limit: at most this many, and never more than :data:`MOST`.
        only: names of collections; empty searches all.
    """
    words = words_of(query)[:40]
    if not words:
        return []
    # Words are quoted, so nothing in them is an operator.
    match = " OR ".join(f'"{word}"' for word in words)
    where = ""
    if only:
        where = f" AND d.collection IN ({','.join('?' * len(only))})"
    sql = (
        "SELECT s.rowid, s.rank FROM search s JOIN passages p ON p.id = s.rowid JOIN documents d ON d.id = p.document "
        f"WHERE search MATCH ?{where} ORDER BY s.rank LIMIT ?"
        if only
        else "SELECT s.rowid, s.rank FROM search s WHERE search MATCH ? ORDER BY s.rank LIMIT ?"
    )
    ranked = store.rows(sql, (match, *only, max(_POOL, limit)))
    if not ranked:
        return []
    scores = {int(str(row)): -float(str(rank)) for row, rank in ranked}
    marks = ",".join("?" * len(scores))
    found = store.passages(f"p.id IN ({marks})", tuple(scores))
    bonus = max(scores.values()) * _TITLE_BONUS
    weights = {collection.name: collection.weight for collection in collections()}
    asked = {_stem(word) for word in words}
    hits = [
        (
            scores[stored.row] * weights.get(stored.collection, 1.0) + bonus * _covered(stored, asked),
            stored,
        )
        for stored in found
    ]
    hits.sort(key=lambda hit: (-hit[0], hit[1].path, hit[1].start))
    return [Hit(passage=passage_of(stored), score=round(score, 4)) for score, stored in hits[: min(limit, MOST)]]


def _covered(stored: Stored, asked: set[str]) -> float:
    """The share of a title that the question has, times the share of the question that all headings have."""
    title = {_stem(word) for word in words_of(stored.headings[-1] if stored.headings else "")}
    headings = {_stem(word) for heading in stored.headings for word in words_of(heading)}
    if not title or not asked:
        return 0.0
    return (len(title & asked) / len(title)) * (len(headings & asked) / len(asked))


def _stem(word: str) -> str:
    """A rough stem, good enough to compare words of a question with words of a heading."""
    for ending in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def passage_of(stored: Stored) -> Passage:
    """A stored passage with its anchor."""
    anchor = Anchor(
        id=stored.anchor, origin=stored.origin, path=stored.path, start=stored.start, end=stored.end,
        text_sha256=stored.text_sha256, title=stored.headings[-1] if stored.headings else stored.document,
    )  # fmt: skip
    return Passage(
        anchor=anchor, collection=stored.collection, headings=stored.headings, fragment=stored.fragment,
        text=stored.text,
    )  # fmt: skip
