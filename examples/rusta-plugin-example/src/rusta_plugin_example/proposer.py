"""The proposer ``team_renames``: when the compiler does not know a name any more, the team's table may.

A library's authors know what a retired helper became; the compiler can only guess by spelling. With a
``rusta-renames.toml`` in the package (or at the root of the tree) every use that an error points at is renamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rusta_cargo.repair import Candidate, Replacement, Situation, SourceUnavailable
from rusta_plugin_example.renames import FILE, read_renames, retired_names
from rusta_schemas.diagnostic import Diagnostic

# A name that is not found, or that is deprecated where that is denied.
CODES = frozenset({"E0405", "E0412", "E0423", "E0425", "E0432", "E0433", "E0599", "E0609", "deprecated"})
# The table was written for this very purpose; what remains is that the successor takes other arguments.
PRIOR = 0.9


def team_renames(situation: Situation) -> Iterator[Candidate]:
    """One candidate for each retired name, renaming all its uses; before them, one for all names together."""
    uses: dict[tuple[str, str], list[Replacement]] = {}
    answers: dict[tuple[str, str], set[int]] = {}
    for index, error in enumerate(situation.diagnostics):
        for old, replacement in _uses(situation, error):
            name = (old, replacement.text)
            places = uses.setdefault(name, [])
            if replacement not in places:
                places.append(replacement)
            answers.setdefault(name, set()).add(index)
    if len(uses) > 1:
        everything = [replacement for places in uses.values() for replacement in places]
        yield _candidate(f"rename {len(uses)} retired names ({FILE})", everything, None)
    for (old, new), places in uses.items():
        indices = answers[old, new]
        only = min(indices) if len(indices) == 1 else None
        yield _candidate(f"rename {old} to {new} ({FILE})", places, only)


def _candidate(title: str, places: list[Replacement], diagnostic: int | None) -> Candidate:
    return Candidate(title, tuple(places), PRIOR, diagnostic=diagnostic)


def _uses(situation: Situation, error: Diagnostic) -> Iterator[tuple[str, Replacement]]:
    """The retired names that ``error`` points at, each with its replacement."""
    if error.code not in CODES:
        return
    for span in error.spans:
        if not span.primary or span.macro is not None:
            continue
        renames = _renames(situation, span.path)
        if not renames:
            continue
        source = situation.source(span.path)
        for start, end, new in retired_names(source, span.start, span.end, renames):
            old = source[start:end].decode("utf-8")
            yield old, Replacement(path=span.path, start=start, end=end, text=new)


def _renames(situation: Situation, path: str) -> Mapping[str, str]:
    """The table for the package of ``path``, else the tree's; empty when there is none.

    Raises:
        RenamesError: the table is wrong. The search notes it for the user and goes on without this proposer.
    """
    package = situation.project.package_of(path)
    folders = dict.fromkeys((package.folder if package is not None else "", ""))
    for folder in folders:
        file = f"{folder}/{FILE}" if folder else FILE
        try:
            content = situation.source(file)
        except SourceUnavailable:
            continue
        return read_renames(content)
    return {}
