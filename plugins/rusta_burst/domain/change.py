# ruff: noqa: ARG002 - the signatures are the protocol's
"""The domain ``burst_change``: a change of a connectome, proved against the activity that it had.

What the steps do
    sense      the connectome: counts, areas, memory, the digest of its file
    plan       a reference is needed; a candidate to propose; or there is none left
    probe      a dry run of the connectome as it is: the reference
    propose    the next candidate: a list of edits
    validate   make them in a copy, run it under the same input, twice; hold rates, bursts and memory against the bounds
    rollback   lay the connectome again and go on with the next candidate
    reflect    promote: put the changed connectome in the file's place (only when the goal asks for it)
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rusta_burst.domain.bounds import out_of_bounds
from rusta_burst.domain.goals import ChangeGoal
from rusta_burst.domain.run import run_folder
from rusta_burst.domain.workspace import BurstWorkspace
from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.episode import Episode
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.effects import Effect
from rusta_schemas.observation import Observation

if TYPE_CHECKING:
    from rusta_conductor.cli.console import Console

OUTCOMES = {"promoted": 0, "proved": 0, "abstained": 10}


class ChangeDomain:
    """Goal: :class:`ChangeGoal`. Outcomes: ``promoted``, ``proved`` (within bounds, not promoted), ``abstained``, ``failed``."""

    name = "burst_change"

    def __init__(self) -> None:
        self._seen: Observation | None = None
        self._reference: dict[str, Any] | None = None
        self._next = 0
        self._refuted: list[str] = []
        self._proved: dict[str, Any] = {}
        self._promoted: Observation | None = None

    def contract(self) -> Contract:
        return Contract(
            effects=frozenset({Effect.READ, Effect.SANDBOX, Effect.WRITE}),
            obligations=(
                Obligation("reference before proposing", "proposed", ("burst_step",)),
                Obligation("edits made before green", "green", ("burst_edit",), since="proposed"),
                Obligation("run twice before green", "green", ("burst_step",), since="proposed", minimum=2),
            ),
            anchored=False,
        )

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        wanted = ChangeGoal.model_validate(goal)
        return BurstWorkspace(Path(wanted.path), run_folder(home, wanted.run), wanted.settings)

    def sense(self, episode: Episode) -> None:
        self._seen = episode.call(Action(verb="burst_load", args={}))

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        assert self._seen is not None
        if not self._seen.ok:
            return GiveUp("failed", self._seen.summary)
        if self._reference is None:
            return NeedProbe()
        goal = ChangeGoal.model_validate(episode.goal)
        if self._next >= len(goal.candidates):
            return GiveUp("abstained", f"no candidate keeps within the bounds: {'; '.join(self._refuted)}")
        return Ready()

    def probe(self, episode: Episode) -> GiveUp | None:
        if self._reference is not None:  # after a rollback
            return None
        done = episode.call(_steps(episode, "base"))
        if not done.ok:
            return GiveUp("failed", f"the connectome cannot be run: {done.summary}")
        self._reference = dict(done.data)
        return None

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        goal = ChangeGoal.model_validate(episode.goal)
        edits = [to_json(edit) for edit in goal.candidates[self._next]]
        summary = f"candidate {self._next + 1} of {len(goal.candidates)}: {', '.join(str(e['op']) for e in edits) or 'nothing'}"
        return Proposal(summary, len(edits), 1, payload={"edits": list(edits), "candidate": self._next})

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        assert self._seen is not None
        assert self._reference is not None
        goal = ChangeGoal.model_validate(episode.goal)
        made = episode.call(Action(verb="burst_edit", args={"edits": proposal.payload["edits"]}))
        keys = list(episode.last_keys)
        if not made.ok:
            return Judgement(False, made.summary, tuple(keys))
        first = episode.call(_steps(episode, "changed"))
        keys += episode.last_keys
        second = episode.call(_steps(episode, "changed"))
        keys += episode.last_keys
        if not (first.ok and second.ok):
            return Judgement(False, first.summary if not first.ok else second.summary, tuple(keys))
        if first.data != second.data:
            return Judgement(False, "two runs of the changed connectome differ; this is a fault", tuple(keys))
        neurons = made.data["neurons"]
        assert isinstance(neurons, int)
        why = out_of_bounds(goal, self._reference, dict(first.data), neurons, made.data)
        if why:
            return Judgement(False, why, tuple(keys))
        self._proved = {
            "candidate": self._next,
            "edits": proposal.payload["edits"],
            "digest": made.data["digest"],
            "difference": made.data["difference"],
            "activity": dict(first.data),
        }
        return Judgement(True, "its activity is within the bounds, twice the same", tuple(keys))

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        episode.call(Action(verb="burst_edit", args={"edits": []}))
        self._refuted.append(f"candidate {self._next + 1}: {judgement.why}")
        self._next += 1
        return None

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        if not episode.goal.get("promote"):
            return
        assert self._seen is not None
        args: JsonObject = {
            "path": episode.goal["path"],
            "before": self._seen.data["file_sha256"],
            "digest": self._proved["digest"],
            "edits": self._proved["edits"],
        }
        self._promoted = episode.call(Action(verb="burst_promote", args=args))

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        about: JsonObject = {"path": episode.goal["path"], "reference": self._reference, "refuted": list(self._refuted)}
        if given_up is not None:
            return Result(given_up.outcome, given_up.reason, about)
        about |= {"proved": self._proved}
        if self._promoted is None:
            return Result("proved", f"candidate {self._proved['candidate'] + 1} keeps within the bounds", about)
        if not self._promoted.ok:
            return Result("failed", self._promoted.summary, about)
        return Result("promoted", f"{episode.goal['path']} is changed", {**about, "receipt": dict(self._promoted.data)})

    def partial(self, episode: Episode) -> Result | None:
        return None

    def render(self, result: Result, console: Console) -> None:
        """Print a result for people; what is different is shown by the command."""
        console.line(f"{result.outcome}: {result.summary}", "bold")
        if result.outcome != "abstained":
            for why in cast(list[str], result.data.get("refuted", [])):
                console.line(f"  refuted: {why}")

    def exit_code(self, result: Result) -> int:
        """The exit code of a command that ended with ``result``."""
        return OUTCOMES.get(result.outcome, 1)


def _steps(episode: Episode, which: str) -> Action:
    args: JsonObject = {"start": 0, "bursts": episode.goal["bursts"], "which": which, "keep": False}
    return Action(verb="burst_step", args=args)
