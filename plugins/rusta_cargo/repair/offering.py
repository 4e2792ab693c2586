"""What the proposers would try for each error, before anything is tried: for explanations, which only read."""

from __future__ import annotations

from collections.abc import Sequence

from rusta_cargo.repair.proposer import STUB, Candidate, Replacement, Situation, SourceUnavailable
from rusta_cargo.repair.proposing import Proposers
from rusta_cargo.repair.sensing import Base
from rusta_conductor.episode import Episode
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Diagnostic
from rusta_schemas.observation import Observation, Status

MOST = 3
# Less likely ones are guesses that only a compiler can judge.
_LIKELY = 0.1
# The compiler's own suggestions are explained as such.
_COMPILER = ("suggestions", "shortened")


def offers(episode: Episode, base: Base, errors: Sequence[Diagnostic]) -> list[list[JsonObject]]:
    """For each error the likeliest changes, each as its title and what it would insert.

    The proposers get no answers to what they would ask of the compiler: an explanation costs no probes.
    """
    specs = [
        spec
        for spec in episode.host.proposers_of("repair", base.goal.without)
        if spec.name not in _COMPILER and base.goal.wants(spec.name)
    ]
    proposers = Proposers(specs, lambda _note: None)
    situation = Situation(
        diagnostics=tuple(errors), read=base.read, probe=_no_answer, project=base.project, edition=base.around.edition
    )
    found = proposers.ask(situation)
    return [_for_one(number, error, found, base) for number, error in enumerate(errors)]


def _no_answer(verb: str, _args: JsonObject) -> Observation:
    return Observation(verb=verb, status=Status.REFUSED, summary="an explanation asks nothing of the compiler")


def _for_one(number: int, error: Diagnostic, found: Sequence[Candidate], base: Base) -> list[JsonObject]:
    suggested = {tuple(part.text.strip() for part in offered.replacements) for offered in error.suggestions}
    chosen: dict[tuple[str, ...], JsonObject] = {}
    for candidate in sorted(found, key=lambda one: -one.prior):
        if candidate.diagnostic != number or candidate.prior < _LIKELY or STUB in candidate.risk:
            continue
        inserted = tuple(_inserted(part, base) for part in candidate.replacements)
        if inserted in chosen or tuple(part.text.strip() for part in candidate.replacements) in suggested:
            continue
        chosen[inserted] = {"title": candidate.title, "inserted": list(inserted)}
        if len(chosen) == MOST:
            break
    return list(chosen.values())


def _inserted(part: Replacement, base: Base) -> str:
    """What is really new in a replacement: without what its ends have in common with the old text."""
    try:
        old = base.read(part.path)[part.start : part.end].decode("utf-8", "replace")
    except SourceUnavailable:
        return part.text
    new = part.text
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return new[start : len(new) - end]
