# ruff: noqa: ARG002 - the signatures are the protocol's
"""The domain ``burst_restore``: takes the last promoted change of a connectome's file back, byte for byte."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rusta_conductor.contract import Contract
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.episode import Episode
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.effects import Effect
from rusta_schemas.observation import Observation

if TYPE_CHECKING:
    from rusta_conductor.cli.console import Console


class RestoreDomain:
    """Goal: :class:`~rusta_burst.domain.goals.RestoreGoal`. Outcomes: ``restored``, ``refused``, ``failed``."""

    name = "burst_restore"

    def __init__(self) -> None:
        self._seen: Observation | None = None
        self._restored: Observation | None = None

    def contract(self) -> Contract:
        return Contract(effects=frozenset({Effect.READ, Effect.WRITE}), anchored=False)

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        return nullcontext()

    def sense(self, episode: Episode) -> None:
        self._seen = self._look(episode)

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        assert self._seen is not None
        if not self._seen.ok:
            return GiveUp("refused", self._seen.summary)
        return Ready()

    def probe(self, episode: Episode) -> GiveUp | None:
        return GiveUp("refused", "there is nothing more to find out about the file")

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        assert self._seen is not None
        return Proposal(f"put {episode.goal['path']} back", 1, 1, payload={"before": self._seen.data["before"]})

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        seen = self._look(episode)
        return Judgement(seen.ok, seen.summary, episode.last_keys)

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        return GiveUp("refused", judgement.why)

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        assert self._seen is not None
        args: JsonObject = {"path": episode.goal["path"], "after": self._seen.data["after"]}
        self._restored = episode.call(Action(verb="burst_restore", args=args))

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        about: JsonObject = {"path": episode.goal["path"]}
        if given_up is not None:
            return Result(given_up.outcome, given_up.reason, about)
        assert self._restored is not None
        return Result("restored" if self._restored.ok else "failed", self._restored.summary, about)

    def partial(self, episode: Episode) -> Result | None:
        return None

    def render(self, result: Result, console: Console) -> None:
        """Print a result for people."""
        console.line(f"{result.outcome}: {result.summary}", "bold")

    def exit_code(self, result: Result) -> int:
        """The exit code of a command that ended with ``result``."""
        return 0 if result.outcome == "restored" else 1

    def _look(self, episode: Episode) -> Observation:
        return episode.call(Action(verb="burst_receipt", args={"path": episode.goal["path"]}))
