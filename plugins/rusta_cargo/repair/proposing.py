"""Runs the proposers of an episode, each so that its faults are its own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import cast

from rusta_cargo.repair.learnt import learnt
from rusta_cargo.repair.proposer import Candidate, Proposer, Replacement, Situation, signed
from rusta_cargo.repair.together import together
from rusta_cargo.taxonomy import PHASE_PARSE
from rusta_conductor.errors import BudgetExhausted, Cancelled, Divergence, UnknownOutcome
from rusta_conductor.journal import EndOfRecord
from rusta_conductor.refs import resolve
from rusta_conductor.specs import ProposerSpec

# These end or park the episode; whoever is running at that moment is not at fault.
SIGNALS = (BudgetExhausted, Cancelled, Divergence, EndOfRecord, UnknownOutcome)
MOST_CANDIDATES = 160
# What a proposer may take without its being noted, in seconds. Most take milliseconds.
LONG_S = 3.0
# What is left of the prior of an answer to a later error while the parser has something to say.
CONSEQUENCE = 0.3


class Proposers:
    """The proposers of one episode, in their order.

    Args:
        specs: the declared ones, in the order in which they are asked.
        note: called with a sentence for everything that went wrong, and for a proposer that took long. It is not cut
            short: a replay would have to be as slow at the same place.
        clock: seconds; for what is noted only.
    """

    def __init__(
        self,
        specs: Iterable[ProposerSpec],
        note: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._specs = tuple(specs)
        self._note, self._clock = note, clock
        self._off: set[str] = set()
        self._learnt = learnt()

    @property
    def names(self) -> tuple[str, ...]:
        """The proposers that are still asked."""
        return tuple(spec.name for spec in self._specs if spec.name not in self._off)

    @property
    def most_late(self) -> float:
        """The highest prior of a candidate of those proposers that can wait; 0 when there are none."""
        return max((spec.most for spec in self._specs if _can_wait(spec)), default=0.0)

    def ask(self, situation: Situation, *, late: bool | None = None) -> list[Candidate]:
        """Every candidate for ``situation``, proposer by proposer. One that raises is not asked again.

        Args:
            late: ask only those that can wait (True), or those that cannot (False).
        """
        found: list[Candidate] = []
        for spec in self._specs:
            if spec.name not in self._off and late in (None, _can_wait(spec)):
                found += self._one(spec, situation)
        found = _parsed_first(found, situation)
        several = together(found, len(situation.diagnostics))
        return found if several is None else [*found, several]

    def _weighed(self, candidate: Candidate, proposer: str, situation: Situation) -> Candidate:
        """``candidate`` with the prior that experience gives it.

        Experience is of single errors: what several of them ask for keeps the word of its proposer, who counted them.
        """
        if candidate.diagnostic is None and len(situation.diagnostics) > 1:
            return candidate
        code, category = _answered(candidate, situation)
        prior = self._learnt.of(proposer, code, category, candidate.title, candidate.prior)
        return candidate if prior == candidate.prior else replace(candidate, prior=prior)

    def _one(self, spec: ProposerSpec, situation: Situation) -> list[Candidate]:
        good: list[Candidate] = []
        began = self._clock()
        try:
            proposer = cast(Proposer, resolve(spec.handler))
            offered = list(islice(proposer(situation), MOST_CANDIDATES + 1))
        except SIGNALS:
            raise
        except Exception as error:  # a stranger's proposer may raise anything
            self._off.add(spec.name)
            self._note(
                f"proposer {spec.name!r} raised {type(error).__name__}: {error}; "
                "it is left out for the rest of this episode"
            )
            return good
        took = self._clock() - began
        if took > LONG_S:
            self._note(f"proposer {spec.name!r} took {took:.1f} s (errors: {len(situation.diagnostics)})")
        if len(offered) > MOST_CANDIDATES:
            self._note(f"proposer {spec.name!r}: only its first {MOST_CANDIDATES} candidates are used")
        for candidate in offered[:MOST_CANDIDATES]:
            fault = fault_of(candidate, situation)
            if fault is None:
                weighed = self._weighed(candidate, spec.name, situation)
                capped = weighed if weighed.prior <= spec.most else replace(weighed, prior=spec.most)
                good.append(signed(capped, spec.name))
            else:
                self._note(f"proposer {spec.name!r}: a candidate was dropped: {fault}")
        return good


def _can_wait(spec: ProposerSpec) -> bool:
    return spec.most < 1


def _parsed_first(found: list[Candidate], situation: Situation) -> list[Candidate]:
    """``found`` with the answers to later errors behind those to what the parser says of the same crate.

    That may be all their cause.
    """
    errors = situation.diagnostics
    unread = {error.unit for error in errors if error.phase <= PHASE_PARSE}
    late = {place for place, error in enumerate(errors) if error.phase > PHASE_PARSE and error.unit in unread}
    if not late:
        return found
    return [
        replace(candidate, prior=candidate.prior * CONSEQUENCE)
        if candidate.diagnostic is None or candidate.diagnostic in late
        else candidate
        for candidate in found
    ]


def _answered(candidate: Candidate, situation: Situation) -> tuple[str | None, str]:
    """Code and class of the error that a candidate answers; of the first one, when it answers several."""
    errors = situation.diagnostics
    if not errors:
        return None, "tests"
    error = errors[candidate.diagnostic or 0]
    return error.code, str(error.category)


def fault_of(candidate: object, situation: Situation) -> str | None:
    """What is wrong with the form of a candidate, or None. Spans are judged when it is applied."""
    if not isinstance(candidate, Candidate):
        return f"it is a {type(candidate).__name__}, not a Candidate"
    parts: Sequence[object] = candidate.replacements
    if not isinstance(parts, tuple) or not parts:
        return f"{candidate.title!r} changes nothing"
    if not all(isinstance(part, Replacement) for part in parts):
        return f"{candidate.title!r} has something else than Replacements"
    prior = candidate.prior
    if not isinstance(prior, int | float) or not math.isfinite(prior) or not 0 < prior <= 1:
        return f"the prior of {candidate.title!r} is {prior!r}, not in (0, 1]"
    index = candidate.diagnostic
    if index is not None and not 0 <= index < len(situation.diagnostics):
        return f"{candidate.title!r} answers diagnostic {index}; there are {len(situation.diagnostics)}"
    return None
