"""What a candidate repair would mean for the program; the table is ``data/consequences.toml``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rusta_docs.collections import data_file
from rusta_docs.explaining.model import Candidate, Consequence
from rusta_schemas.diagnostic import Diagnostic

UNKNOWN = "Nothing is known of this change beyond its title: read it before taking it."
_MOST = 6
_MOST_MEANINGS = 3


@dataclass(frozen=True)
class Meaning:
    """A sentence, and what a change's text or title looks like when it holds; never with a title like ``unless``.

    ``deletes``: it holds of changes that only take text away.
    """

    text: re.Pattern[str] | None
    title: re.Pattern[str] | None
    means: str
    unless: re.Pattern[str] | None = None
    deletes: bool = False

    def holds(self, candidate: Candidate) -> bool:
        """Whether the sentence is true of a change, as far as its words tell."""
        if self.unless is not None and self.unless.search(candidate.title):
            return False
        if self.deletes and candidate.inserted and not any(part.strip() for part in candidate.inserted):
            return True
        if self.text is not None and any(self.text.search(part.strip()) for part in candidate.inserted):
            return True
        return self.title is not None and self.title.search(candidate.title) is not None


@cache
def meanings() -> tuple[Meaning, ...]:
    """The table."""
    listed = data_file("consequences.toml")["rule"]
    assert isinstance(listed, list)
    return tuple(
        Meaning(
            _pattern(rule.get("text")),
            _pattern(rule.get("title")),
            rule["means"],
            _pattern(rule.get("unless")),
            rule.get("deletes", False),
        )
        for rule in listed
    )


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text)


def consequences(diagnostic: Diagnostic, candidates: Sequence[Candidate] = ()) -> tuple[Consequence, ...]:
    """What the compiler's suggestions and further candidates would mean, the surest first, each title once."""
    offered = [*map(_candidate, _suggestions(diagnostic)), *candidates]
    found: dict[str, Consequence] = {}
    for candidate in offered:
        if candidate.title in found or len(found) >= _MOST:
            continue
        means = [meaning.means for meaning in meanings() if meaning.holds(candidate)]
        found[candidate.title] = Consequence(
            title=candidate.title,
            applicability=candidate.applicability,
            means=tuple(dict.fromkeys(means[:_MOST_MEANINGS])) or (UNKNOWN,),
        )
    return tuple(found.values())


def _suggestions(diagnostic: Diagnostic) -> list[tuple[str, tuple[str, ...], str]]:
    ranks = ("MachineApplicable", "MaybeIncorrect", "HasPlaceholders", "Unspecified")
    offered = [
        (s.message, tuple(r.text for r in s.replacements), s.applicability.value) for s in diagnostic.suggestions
    ]
    return sorted(offered, key=lambda item: ranks.index(item[2]))


def _candidate(offered: tuple[str, tuple[str, ...], str]) -> Candidate:
    title, inserted, applicability = offered
    return Candidate.model_validate({"title": title, "inserted": inserted, "applicability": applicability})
