"""What a domain is: the knowledge of one kind of work, as the driver calls it.

A domain decides; it touches the world only through ``episode.call``. It must be deterministic given what its calls
returned and what ``episode.now()``, ``episode.random`` and ``episode.new_id()`` gave: replay and resume run it again
from the start and answer its calls from the log.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rusta_conductor.contract import Contract
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import JsonObject

if TYPE_CHECKING:
    from rusta_conductor.episode import Episode


@dataclass(frozen=True)
class NeedProbe:
    """Plan's answer: more evidence is needed."""


@dataclass(frozen=True)
class Ready:
    """Plan's answer: there is enough evidence to propose."""


@dataclass(frozen=True)
class GiveUp:
    """No proposal will come. ``outcome`` names the kind of end in a word, ``reason`` tells a person why."""

    outcome: str
    reason: str


@dataclass(frozen=True)
class Proposal:
    """Something to be validated. ``payload`` is the domain's own and is written to the log as the decision it is."""

    summary: str
    lines: int
    files: int
    anchors: tuple[Anchor, ...] = ()
    payload: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """Validate's answer. ``keys`` are the idempotency keys of the calls that prove it."""

    green: bool
    why: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """The end of an episode: ``outcome`` (one word), a sentence, and the domain's own data."""

    outcome: str
    summary: str
    data: JsonObject = field(default_factory=dict)


class Domain(Protocol):
    """One kind of episode. The driver calls the methods in the order of the machine."""

    name: str

    def contract(self) -> Contract:
        """The contract its episodes are held to."""
        ...

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        """What its tools work in. Entered at the first call that is really made, so a replay never enters it."""
        ...

    def sense(self, episode: Episode) -> None:
        """Look at the target. What it means, and whether there is anything to do, is plan's to say."""
        ...

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        """Choose the next step from what is known."""
        ...

    def probe(self, episode: Episode) -> GiveUp | None:
        """Gather the evidence that plan asked for."""
        ...

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        """Offer the best candidate that has not been refuted."""
        ...

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        """Prove it in the sandbox."""
        ...

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        """Take the refuted proposal back."""
        ...

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        """Judge the proved proposal: make it smaller, say its risk."""
        ...

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        """Keep what was learnt and give the result."""
        ...

    def partial(self, episode: Episode) -> Result | None:
        """The best that is known when a budget has run out."""
        ...
