"""The loop that runs an episode: asks the domain, moves the machine, ends or parks. It knows no domain."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from rusta_conductor.domain import Domain, GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.episode import Episode
from rusta_conductor.errors import BudgetExhausted, Cancelled, GateRefused
from rusta_conductor.journal import EndOfRecord
from rusta_schemas.base import to_json
from rusta_schemas.devlog import Ended, Parked


@dataclass(frozen=True)
class Finish:
    """How a run ended: with a result, or parked (``parked`` says why; ``result`` is then the best so far)."""

    result: Result | None
    parked: str | None = None
    resource: str | None = None


class Driver:
    """One episode and its domain, run to the end or until it has to be parked."""

    def __init__(self, episode: Episode, domain: Domain) -> None:
        self.episode, self.domain = episode, domain
        self._proposal: Proposal | None = None
        self._judgement: Judgement | None = None
        self._given_up: GiveUp | None = None
        self._result: Result | None = None
        self._steps = {
            "sense": self._sense,
            "plan": self._plan,
            "probe": self._probe,
            "propose": self._propose,
            "validate": self._validate,
            "rollback": self._rollback,
            "reflect": self._reflect,
            "remember": self._remember,
        }

    def run(self) -> Finish:
        """Run until the end.

        Raises:
            Divergence, UnknownOutcome: see :class:`Episode`.
            GateRefused, UsageError: the domain made a call that it may not make. Everything else is a ``Finish``.
        """
        episode = self.episode
        try:
            while episode.state != "end":
                self._steps[episode.state]()
        except BudgetExhausted as stop:
            return self._park(str(stop), stop.resource)
        except (Cancelled, KeyboardInterrupt):
            if episode.journal.replaying:  # nothing new was done, so there is nothing to write
                return Finish(self.domain.partial(episode), parked="interrupted")
            return self._park("interrupted", None)
        except EndOfRecord:
            return Finish(None, parked="the record ends here")
        assert self._result is not None
        return Finish(self._result)

    def _park(self, reason: str, resource: str | None) -> Finish:
        partial = self.domain.partial(self.episode)
        # A replay that reaches the place where the episode was parked has confirmed all there is.
        with contextlib.suppress(EndOfRecord):
            self.episode.journal.park(Parked(reason=reason, resource=resource))
        return Finish(partial, parked=reason, resource=resource)

    def _give_up(self, answer: GiveUp) -> None:
        self._given_up = answer
        self.episode.decide("give_up", {"outcome": answer.outcome, "reason": answer.reason})
        self.episode.fire("give_up")

    def _fire(self, signal: str) -> None:
        """Fire, from a state that can also give up; a contract that says no ends the episode in good order."""
        try:
            self.episode.fire(signal)
        except GateRefused as refusal:
            self._give_up(GiveUp("refused", f"{refusal.what} was refused: {refusal.why}"))

    def _sense(self) -> None:
        self.domain.sense(self.episode)
        self.episode.fire("sensed")

    def _plan(self) -> None:
        answer = self.domain.plan(self.episode)
        if isinstance(answer, GiveUp):
            self._give_up(answer)
        elif isinstance(answer, NeedProbe):
            self.episode.budget.demand("probes", 1)  # running out parks; it is not the gate's refusal
            self._fire("need_probe")
        else:
            assert isinstance(answer, Ready)
            self._fire("ready")

    def _probe(self) -> None:
        answer = self.domain.probe(self.episode)
        if isinstance(answer, GiveUp):
            self._give_up(answer)
        else:
            self._fire("probed")

    def _propose(self) -> None:
        answer = self.domain.propose(self.episode)
        if isinstance(answer, GiveUp):
            self._give_up(answer)
            return
        self.episode.decide(
            "proposal",
            {
                **answer.payload,
                "summary": answer.summary,
                "lines": answer.lines,
                "files": answer.files,
                "anchors": [anchor.id for anchor in answer.anchors],
            },
        )
        anchors = [to_json(anchor) for anchor in answer.anchors]
        try:
            self.episode.fire("proposed", anchors=anchors, lines=answer.lines, files=answer.files)
        except GateRefused as refusal:
            self._give_up(GiveUp("refused", f"the best candidate was refused: {refusal.why}"))
            return
        self._proposal = answer

    def _validate(self) -> None:
        assert self._proposal is not None
        judgement = self.domain.validate(self.episode, self._proposal)
        if judgement.green:
            try:
                self.episode.fire("green", proof_green=True, proof_keys=judgement.keys)
            except GateRefused as refusal:
                judgement = Judgement(False, f"the proof was refused: {refusal.why}")
        self._judgement = judgement
        if not judgement.green:
            self.episode.fire("red")

    def _rollback(self) -> None:
        assert self._proposal is not None
        assert self._judgement is not None
        answer = self.domain.rollback(self.episode, self._proposal, self._judgement)
        if isinstance(answer, GiveUp):
            self._give_up(answer)
            return
        self.episode.budget.demand("probes", 1)
        self._fire("rolled_back")

    def _reflect(self) -> None:
        assert self._proposal is not None
        assert self._judgement is not None
        self.domain.reflect(self.episode, self._proposal, self._judgement)
        self.episode.fire("reflected")

    def _remember(self) -> None:
        result = self.domain.remember(self.episode, self._given_up)
        self._result = result
        self.episode.fire("remembered")
        self.episode.journal.emit(Ended(outcome=result.outcome, summary=result.summary, result=result.data))
