# ruff: noqa: ARG002 - the signatures are the protocol's
"""The domain ``burst_run``: bursts of a connectome, logged chunk by chunk.

Sense reads the connectome; the probes are the chunks; the proposal is the state that was reached; the proof is that the state
in the workspace has the digest that the last chunk reported. A process that dies is resumed from its last snapshot, and
comes to the same state, bit for bit.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rusta_burst.domain.goals import RunGoal
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

OUTCOMES = {"ran": 0, "partial": 3}


class RunDomain:
    """Goal: :class:`RunGoal`. Outcomes: ``ran``, ``failed``."""

    name = "burst_run"

    def __init__(self) -> None:
        self._seen: Observation | None = None
        self._reports: list[dict[str, Any]] = []
        self._kept: Observation | None = None

    def contract(self) -> Contract:
        return Contract(
            effects=frozenset({Effect.READ, Effect.SANDBOX, Effect.WRITE}),
            obligations=(
                Obligation("connectome read before running", "need_probe", ("burst_load",)),
                Obligation("state looked at before green", "green", ("burst_inspect",), since="proposed"),
            ),
            anchored=False,
        )

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        wanted = RunGoal.model_validate(goal)
        origin = None if wanted.origin is None else Path(wanted.origin)
        return BurstWorkspace(Path(wanted.path), run_folder(home, wanted.run), wanted.settings, wanted.watch, origin)

    def sense(self, episode: Episode) -> None:
        self._seen = episode.call(Action(verb="burst_load", args={}))

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        assert self._seen is not None
        if not self._seen.ok:
            return GiveUp("failed", self._seen.summary)
        return Ready() if self._reports else NeedProbe()

    def probe(self, episode: Episode) -> GiveUp | None:
        goal = RunGoal.model_validate(episode.goal)
        start = goal.begin
        end = start + goal.bursts
        while start < end:
            bursts = min(goal.chunk, end - start)
            step: JsonObject = {"start": start, "bursts": bursts, "keep": True}
            done = episode.call(Action(verb="burst_step", args=step))
            if not done.ok:
                return GiveUp("failed", done.summary)
            self._reports.append(dict(done.data))
            start += bursts
        return None

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        last = self._reports[-1]
        after = last["first"] + last["bursts"]
        return Proposal(
            f"the state after burst {after - 1}", 0, 0, payload={"state": last["state_sha256"], "burst": after}
        )

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        args: JsonObject = {"what": "state", "start": proposal.payload["burst"]}
        seen = episode.call(Action(verb="burst_inspect", args=args))
        same = seen.ok and seen.data["state_sha256"] == proposal.payload["state"]
        why = "the state is the one that was reported" if same else f"the state is another one: {seen.summary}"
        return Judgement(same, why, episode.last_keys)

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        return GiveUp("failed", judgement.why)

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        """Put what was made where the goal wants it."""
        goal = RunGoal.model_validate(episode.goal)
        wanted: JsonObject = {"burst": proposal.payload["burst"], **to_json(goal.keep)}
        self._kept = episode.call(Action(verb="burst_keep", args=wanted))

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        if given_up is not None:
            return Result(given_up.outcome, given_up.reason, {"run": episode.goal["run"]})
        assert self._kept is not None
        if not self._kept.ok:
            return Result("failed", self._kept.summary, {"run": episode.goal["run"]})
        return self._result("ran", {"files": dict(self._kept.data)} if self._kept.data else {})

    def partial(self, episode: Episode) -> Result | None:
        return self._result("partial") if self._reports else None

    def exit_code(self, result: Result) -> int:
        """The exit code of a command that ended with ``result``."""
        return OUTCOMES.get(result.outcome, 1)

    def render(self, result: Result, console: Console) -> None:
        """Print a result for people."""
        data: dict[str, Any] = dict(result.data)
        console.line(f"{result.outcome}: {result.summary}", "bold")
        if "state_sha256" in data:
            console.line(f"  at most {data['busiest']:,} fired in one burst; in {data['silent']:,} nobody did")
            console.line(f"  state    {data['state_sha256']}")
        for what, path in data.get("files", {}).items():
            console.line(f"  {what:8} {path}")

    def _result(self, outcome: str, more: JsonObject | None = None) -> Result:
        total = summed(self._reports)
        assert self._seen is not None
        rates = ", ".join(f"{name} {100 * rate:.2f} %" for name, rate in list(total["rates"].items())[:6])
        summary = f"{total['bursts']:,} bursts, {total['spikes']:,} spikes, {total['events']:,} events; rates: {rates}"
        return Result(outcome, summary, {**total, "connectome": self._seen.data["digest"], **(more or {})})


def run_folder(home: Path, run: str) -> Path:
    """Where the snapshots and spikes of a run lie."""
    return home / "burst" / "runs" / run


def summed(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """The reports of consecutive chunks as one."""
    bursts = sum(report["bursts"] for report in reports)
    names = list(reports[-1]["rates"])
    return {
        "first": reports[0]["first"],
        "bursts": bursts,
        "spikes": sum(report["spikes"] for report in reports),
        "events": sum(report["events"] for report in reports),
        "busiest": max(report["busiest"] for report in reports),
        "silent": sum(report["silent"] for report in reports),
        "rates": {n: sum(report["rates"][n] * report["bursts"] for report in reports) / bursts for n in names},
        "state_sha256": reports[-1]["state_sha256"],
    }
