# ruff: noqa: ARG002 - the signatures are the protocol's
"""The domain ``bundle``: an application or a rollback as an episode, so that it is logged, resumable and replayable.

Sense hashes the touched files; the proposal is the bundle itself; the proof is the change made in memory; the write is
made once the proof is green.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.episode import Episode
from rusta_schemas.action import Action
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import JsonObject
from rusta_schemas.effects import Effect
from rusta_schemas.observation import Observation

WRITES = {"apply": "apply_bundle", "rollback": "rollback_bundle"}
DONE = {"apply": "applied", "rollback": "rolled-back"}


class BundleDomain:
    """Goal: ``{"bundle": id, "root": path, "direction": "apply" | "rollback"}``.

    Outcomes: ``applied``, ``rolled-back``, ``refused`` (nothing was changed), ``failed``.
    """

    name = "bundle"

    def __init__(self) -> None:
        self._seen: Observation | None = None
        self._written: Observation | None = None

    def contract(self) -> Contract:
        # The anchors belong to the episode that made the bundle; a bundle may rightly have none.
        return Contract(
            effects=frozenset({Effect.READ, Effect.WRITE}),
            obligations=(Obligation("dry run before writing", "green", ("check_bundle",), since="proposed"),),
            anchored=False,
        )

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        return nullcontext()

    def sense(self, episode: Episode) -> None:
        self._seen = episode.call(Action(verb="inspect_bundle", args=dict(episode.goal)))

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        assert self._seen is not None
        if not self._seen.ok:
            return GiveUp("refused", self._seen.summary)
        refusal = self._seen.data["refusal"]
        return GiveUp("refused", str(refusal)) if refusal else Ready()

    def probe(self, episode: Episode) -> GiveUp | None:
        return GiveUp("refused", "there is nothing more to find out about a bundle and a tree")

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        assert self._seen is not None
        data = self._seen.data
        lines, files, anchors = data["k_lines"], data["k_files"], data["anchors"]
        assert isinstance(lines, int)
        assert isinstance(files, int)
        assert isinstance(anchors, list)
        return Proposal(
            summary=str(data["summary"]),
            lines=lines,
            files=files,
            anchors=tuple(Anchor.model_validate(anchor) for anchor in anchors),
            payload={"bundle": episode.goal["bundle"], "direction": episode.goal["direction"]},
        )

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        checked = episode.call(Action(verb="check_bundle", args=dict(episode.goal)))
        return Judgement(checked.ok, checked.summary, episode.last_keys)

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        return GiveUp("refused", judgement.why)

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        verb = WRITES[str(episode.goal["direction"])]
        args = {"bundle": episode.goal["bundle"], "root": episode.goal["root"]}
        self._written = episode.call(Action(verb=verb, args=args))

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        about: JsonObject = {
            "bundle_id": episode.goal["bundle"],
            "direction": episode.goal["direction"],
            "root": episode.goal["root"],
        }
        if given_up is not None:
            return Result(given_up.outcome, given_up.reason, about)
        assert self._written is not None
        if not self._written.ok:
            return Result("failed", self._written.summary, about)
        done = DONE[str(episode.goal["direction"])]
        files = self._written.data["files"]
        return Result(done, self._written.summary, {**about, "files": files})

    def partial(self, episode: Episode) -> Result | None:
        return None
