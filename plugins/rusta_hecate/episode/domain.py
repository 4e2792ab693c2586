"""The ``train`` domain: a checkpoint is a proposal.

What the steps do
    sense      the corpus, the model's size, a run to go on with
    plan       probe once, then propose
    probe      a few steps on one batch: its loss has to fall
    propose    train; the checkpoint is what is proposed
    validate   quantise it and measure on held-out text: finite, int8 within 2 %, better than what is promoted; after
               a stage with heads, each of these right often enough on held-out examples
    rollback   what is promoted stays; the run's folder keeps the refused checkpoint for a look
    remember   the figures; the command promotes the file of a green episode
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.episode import Episode
from rusta_conductor.errors import ToolError
from rusta_hecate.training.settings import GATES, STAGES
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject

if TYPE_CHECKING:
    from rusta_conductor.cli.console import Console

TRAINED, REFUSED = "trained", "rolled_back"
_UNIFORM = 8.0
_ROUNDING = 1e-6


class TrainDomain:
    """One training run. See the module's text."""

    name = "train"

    def __init__(self) -> None:
        self._fault = ""
        self._looked: JsonObject | None = None
        self._tried = False
        self._trained: dict[str, Any] = {}
        self._gated: dict[str, Any] = {}

    def contract(self) -> Contract:
        return Contract(
            obligations=(
                Obligation("looked before proposing", "proposed", ("train_look",)),
                Obligation("tried before proposing", "proposed", ("train_try",)),
                Obligation("measured before green", "green", ("train_measure",), since="proposed"),
            ),
            anchored=False,
        )

    def workspace(self, _goal: JsonObject, _home: Path) -> AbstractContextManager[object]:
        return nullcontext()

    def sense(self, episode: Episode) -> None:
        try:
            self._looked = self._call(episode, "train_look")
        except ToolError as wrong:
            self._fault = str(wrong)

    def plan(self, _episode: Episode) -> NeedProbe | Ready | GiveUp:
        if self._looked is None:
            return GiveUp("abstained", self._fault)
        return Ready() if self._tried else NeedProbe()

    def probe(self, episode: Episode) -> GiveUp | None:
        self._tried = True
        try:
            tried = self._call(episode, "train_try")
        except ToolError as wrong:
            return GiveUp("abstained", str(wrong))
        before, after = float(tried["before"]), float(tried["after"])
        if not after < before:
            return GiveUp(
                "abstained", f"the loss of one batch went from {before:.3f} to {after:.3f} bits; lower the rates"
            )
        return None

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        try:
            self._trained = self._call(episode, "train_run")
        except ToolError as wrong:
            return GiveUp("abstained", str(wrong))
        told = self._trained
        return Proposal(f"a checkpoint after {told['step']} steps", lines=0, files=1, payload=dict(told))

    def validate(self, episode: Episode, _proposal: Proposal) -> Judgement:
        try:
            self._gated = self._call(episode, "train_measure")
        except ToolError as wrong:
            return Judgement(False, str(wrong), tuple(episode.last_keys))
        why = refusal(self._gated)
        told = self._gated
        good = f"int8 needs {told['int8']:.4f} bits a byte on held-out text, float32 {told['float32']:.4f}"
        return Judgement(why is None, why or good, tuple(episode.last_keys))

    def rollback(self, episode: Episode, _proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        episode.note(f"the checkpoint is not promoted: {judgement.why}")
        return GiveUp(REFUSED, judgement.why)

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        """Nothing to make smaller."""

    def remember(self, _episode: Episode, given_up: GiveUp | None) -> Result:
        data: JsonObject = {**self._trained, **self._gated}
        if given_up is not None:
            return Result(given_up.outcome, given_up.reason, data)
        told = self._gated
        return Result(TRAINED, f"{told['int8']:.4f} bits a byte in {int(told['size']) / 1e6:.2f} MB", data)

    def partial(self, _episode: Episode) -> Result | None:
        return None

    def exit_code(self, result: Result) -> int:
        """0 trained, 1 rolled back, 10 abstained."""
        return {TRAINED: 0, REFUSED: 1}.get(result.outcome, 10)

    def render(self, result: Result, console: Console) -> None:
        """Print a result for people."""
        console.line(f"{result.outcome}: {result.summary}", "bold")
        for name in ("device", "step", "seconds", "float32", "int8", "former", "size", "file"):
            if result.data.get(name) is not None:
                console.line(f"  {name}: {result.data[name]}")
        heads: Any = result.data.get("heads") or {}
        if heads:
            console.line(f"  heads: {', '.join(f'{term} {share:.1%}' for term, share in heads.items())}")

    def _call(self, episode: Episode, verb: str) -> dict[str, Any]:
        answer: Any = episode.call(Action(verb=verb, args={"goal": episode.goal}))
        if not answer.ok:
            raise ToolError(answer.summary)
        return dict(answer.data)


def refusal(gated: Mapping[str, Any]) -> str | None:
    """Why figures of a checkpoint do not let it be promoted; None if they do."""
    int8, former = float(gated["int8"]), gated["former"]
    if not math.isfinite(int8) or int8 >= _UNIFORM:
        return f"it needs {int8:.4f} bits a byte; a model that knows nothing needs {_UNIFORM:.0f}"
    if former is not None and int8 > float(former) + _ROUNDING:
        return f"it needs {int8:.4f} bits a byte; the promoted model needs {float(former):.4f}"
    stage, heads = str(gated.get("stage", STAGES[0])), gated.get("heads", {})
    for term, least in GATES[stage].items():
        share = heads.get(term)
        if share is None:
            return f"stage {stage} has to show {term}, and no held-out example asks for it; give a larger corpus"
        if share < least:
            return f"the {term} head is right {share:.1%} of the time on held-out examples; stage {stage} asks for {least:.0%}"
    return None
