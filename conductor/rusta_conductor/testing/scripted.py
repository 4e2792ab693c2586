"""A deterministic domain that does what a script says: for trying tools, gates and logs without a real domain.

The script is the episode's goal, plain JSON: it stands in the log, so every process that takes the episode up has it.

    {"sense": [OP, …],
     "plan": [{"do": [OP, …], "answer": "need_probe" | "ready" | "give_up" | {"choose": ["ready", …]}}, …],
     "probe": [[OP, …], …],
     "propose": [{"do": [OP, …], "lines": 1, "files": 1}, …],
     "validate": [{"do": [OP, …], "answer": "green" | "red" | {"choose": ["green", "red"]}}, …],
     "rollback": [[OP, …], …], "reflect": [OP, …], "remember": [OP, …]}

``plan``, ``probe``, ``propose``, ``validate`` and ``rollback`` can be visited several times: the n-th visit takes the
n-th element, later visits the last one. A plan beyond the last gives up, so every script ends. What is missing does
nothing.

An OP is one of ``{"call": VERB, "args": {…}}``, ``{"calls": [[VERB, {…}], …]}`` (side by side),
``{"decide": TOPIC, "value": {…}}``, ``{"note": TEXT}``, ``{"random": N}``, ``{"id": KIND}``, ``{"now": true}``.
Whatever an OP brings (an observation, a refusal, a number, an id, a time) is remembered; ``choose`` depends on all of
it and on the episode's randomness; the result's ``seen`` lists it. Two runs with equal results saw the same things.
"""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rusta_conductor.contract import Contract
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.errors import GateRefused
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.canonical import digest

if TYPE_CHECKING:
    from rusta_conductor.episode import Episode

Workspace = Callable[[JsonObject, Path], AbstractContextManager[object]]


class ScriptedDomain:
    """The domain ``scripted``.

    Args:
        contract: what its episodes are held to; by default reading and sandbox tools, no anchors.
        workspace: what its tools work in, as ``Domain.workspace``; by default None.
    """

    name = "scripted"

    def __init__(self, contract: Contract | None = None, workspace: Workspace | None = None) -> None:
        self._contract = Contract(anchored=False) if contract is None else contract
        self._workspace = workspace
        self._visits: dict[str, int] = {}
        self.seen: list[Any] = []
        self.keys: list[str] = []

    def contract(self) -> Contract:
        return self._contract

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        return nullcontext() if self._workspace is None else self._workspace(goal, home)

    def sense(self, episode: Episode) -> None:
        self._do(episode, episode.goal.get("sense", []))

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        rounds = episode.goal.get("plan", [])
        assert isinstance(rounds, list)
        if self._visits.get("plan", 0) >= len(rounds):
            return GiveUp("script_ended", "the script has no further plan")
        answer = self._answer(episode, self._round(episode, "plan", {}))
        if answer == "need_probe":
            return NeedProbe()
        return Ready() if answer == "ready" else GiveUp("gave_up", "the script says so")

    def probe(self, episode: Episode) -> GiveUp | None:
        self._do(episode, self._round(episode, "probe", []))
        return None

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        step = self._round(episode, "propose", {})
        self._do(episode, step.get("do", []))
        return Proposal(
            f"proposal {self._visits['propose']}",
            lines=step.get("lines", 1),
            files=step.get("files", 1),
            payload={"seen": digest(self.seen)},
        )

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        self.keys.clear()
        answer = self._answer(episode, self._round(episode, "validate", {"answer": "green"}))
        return Judgement(answer == "green", f"the script says {answer}", tuple(self.keys))

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        self._do(episode, self._round(episode, "rollback", []))
        return None

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        self._do(episode, episode.goal.get("reflect", []))

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        self._do(episode, episode.goal.get("remember", []))
        if given_up is None:
            return Result("done", "the script ran to its end", {"seen": self.seen})
        return Result(given_up.outcome, given_up.reason, {"seen": self.seen})

    def partial(self, episode: Episode) -> Result | None:
        return Result("partial", f"parked in {episode.state}", {"seen": self.seen})

    def _round(self, episode: Episode, phase: str, missing: Any) -> Any:
        visit = self._visits.get(phase, 0)
        self._visits[phase] = visit + 1
        rounds = episode.goal.get(phase) or [missing]
        assert isinstance(rounds, list)
        return rounds[min(visit, len(rounds) - 1)]

    def _answer(self, episode: Episode, step: Any) -> str:
        self._do(episode, step.get("do", []))
        answer = step.get("answer", "give_up")
        if isinstance(answer, dict):
            options = answer["choose"]
            salt = episode.random.randrange(1 << 30)
            answer = options[int(digest([self.seen, salt])[:12], 16) % len(options)]
            episode.decide("choice", {"answer": answer})
        return str(answer)

    def _do(self, episode: Episode, operations: Any) -> None:
        for operation in operations:
            try:
                self._operate(episode, operation)
            except GateRefused as refusal:
                self.seen.append(["refused", refusal.gate])

    def _operate(self, episode: Episode, operation: JsonObject) -> None:
        match operation:
            case {"call": str(verb)}:
                self._call(episode, [[verb, operation.get("args", {})]])
            case {"calls": list(pairs)}:
                self._call(episode, pairs)
            case {"decide": str(topic)}:
                value = operation.get("value", {})
                assert isinstance(value, dict)
                episode.decide(topic, value)
            case {"note": str(text)}:
                episode.note(text)
            case {"random": int(limit)}:
                self.seen.append(episode.random.randrange(limit))
            case {"id": str(kind)}:
                self.seen.append(episode.new_id(kind))
            case {"now": _}:
                self.seen.append(episode.now())
            case _:
                raise ValueError(f"the script has an unknown operation: {operation!r}")

    def _call(self, episode: Episode, pairs: list[Any]) -> None:
        actions = [Action(verb=verb, args=args) for verb, args in pairs]
        for observation in episode.call_many(actions):
            self.seen.append([observation.verb, str(observation.status), observation.data])
        self.keys += episode.last_keys
