"""An episode: the one door to the world, and the one place where the machine moves."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from rusta_conductor.budget import Budget
from rusta_conductor.calls import cancelled, check_args, perform
from rusta_conductor.contract import Contract, Trace, TraceCall
from rusta_conductor.errors import BudgetExhausted, Cancelled, GateRefused, UnknownOutcome
from rusta_conductor.gates import Situation, tool_gate
from rusta_conductor.host import PluginHost
from rusta_conductor.journal import EndOfRecord, Journal
from rusta_conductor.machine import Machine
from rusta_conductor.recording import observation_bytes, observation_digest
from rusta_conductor.specs import ToolSpec
from rusta_conductor.tool import ToolContext
from rusta_schemas.action import Action, idempotency_key
from rusta_schemas.base import JsonObject
from rusta_schemas.devlog import Decision, Done, GateVerdict, Note, Refused, Started, Transition
from rusta_schemas.observation import Observation, Status

BLOB_OVER = 16 * 1024


@dataclass
class _Call:
    """One call on its way through the door."""

    spec: ToolSpec
    args: BaseModel
    started: Started
    recorded: Started | None
    observation: Observation | None = None
    reconciled: bool = False
    size: int | None = None  # bytes of the observation, once it was written


class Episode:
    """One run of one domain on one goal. Built by :mod:`rusta_conductor.sessions`.

    Attributes:
        id: the episode's identity. goal: what it is to do. budget, contract, trace, machine: as their modules say.
        random: seeded by the recorded seed; the only randomness a domain may use.
    """

    def __init__(
        self,
        *,
        host: PluginHost,
        home: Path,
        journal: Journal,
        goal: JsonObject,
        seed: int,
        budget: Budget,
        contract: Contract,
        workspace: Callable[[], object] = lambda: None,
        workers: int = 2,
    ) -> None:
        self.host, self.home, self.journal = host, home, journal
        self.goal, self.seed, self.budget, self.contract = goal, seed, budget, contract
        self.machine, self.trace = Machine(), Trace()
        self.random = random.Random(seed)
        self.last_keys: tuple[str, ...] = ()
        self._interrupted = False
        self._running: set[threading.Event] = set()
        self._workspace, self._workers = workspace, workers
        self._ordinal = 0
        self._ids = 0
        journal.on_budget = self._set_limits

    @property
    def id(self) -> str:
        return self.journal.episode

    @property
    def state(self) -> str:
        return self.machine.state

    def interrupt(self) -> None:
        """Ask every running call to stop; may be called from any thread or a signal handler."""
        self._interrupted = True
        for event in tuple(self._running):
            event.set()

    def now(self) -> str:
        """The episode's time: the timestamp of its last entry."""
        return self.journal.ts

    def new_id(self, kind: str) -> str:
        """A new identity such as ``candidate-3f9a0c12ab``, the same in every replay."""
        self._ids += 1
        return f"{kind}-{hashlib.sha256(f'{self.seed}:{self._ids}'.encode()).hexdigest()[:10]}"

    def call(self, action: Action) -> Observation:
        """Make one call. See :meth:`call_many`."""
        return self.call_many([action])[0]

    def call_many(self, actions: Sequence[Action]) -> list[Observation]:
        """Make calls that do not depend on each other, side by side; the results have the order of ``actions``.

        A tool that fails gives an observation that says so. Calls are logged as started (one durable group) before the
        first is made, and as done before this returns. ``last_keys`` then holds their idempotency keys.

        Raises:
            GateRefused: an effect outside the contract, or arguments that do not fit the verb's schema.
            BudgetExhausted: the budget does not allow the calls; none was made.
            Cancelled: the user interrupted.
            UnknownOutcome: an earlier process died in a call with a lasting effect, and the tool cannot tell whether
                it happened.
            Divergence: a replay did something else than the record says.
        """
        calls = [self._admit(action, self._ordinal + offset) for offset, action in enumerate(actions)]
        self._afford(calls)
        for call in calls:
            call.recorded = self.journal.expect_started(call.started)
        fresh = [call for call in calls if call.recorded is None]
        self._ordinal += len(calls)
        if fresh:
            # What can fail or be interrupted comes before the start is logged: a logged start may have had its effect.
            self._lay_workspace()
            self.journal.emit(*(call.started for call in fresh))
        self._answer(calls)
        observations: list[Observation] = []
        for call in calls:
            assert call.observation is not None
            self._account(call, call.observation)
            observations.append(call.observation)
        self.last_keys = tuple(call.started.key for call in calls)
        return observations

    def fire(self, signal: str, **facts: object) -> str:
        """Move the machine. Every gate's verdict is logged, also when one refuses; returns the new state.

        Raises:
            GateRefused: the first gate that said no. The machine stays.
            UsageError: the table has no such move from here.
        """
        arrow = self.machine.arrow(signal)
        situation = self._situation(facts)
        verdicts = tuple(
            GateVerdict(gate=gate.name, ok=verdict.ok, why=verdict.why)
            for gate in self.machine.gates(arrow)
            for verdict in [gate(situation)]
        )
        refusal = next((verdict for verdict in verdicts if not verdict.ok), None)
        self.journal.emit(
            Transition(
                signal=signal,
                source=arrow.source,
                target=arrow.target,
                ok=refusal is None,
                verdicts=verdicts,
            )
        )
        if refusal is not None:
            raise GateRefused(f"signal {signal!r}", refusal.gate, refusal.why, arrow.source)
        self.machine.move(arrow)
        self.trace.events.append(signal)
        return self.state

    def decide(self, topic: str, value: JsonObject) -> None:
        """Write down a decision, so that a replay can hold another one against it."""
        self.journal.emit(Decision(topic=topic, value=value))

    def note(self, text: str) -> None:
        """A remark for people. Replay neither writes nor compares it."""
        if self.journal.live:
            self.journal.emit(Note(text=text))

    def _set_limits(self, limits: Mapping[str, float]) -> None:
        self.budget.limits.update(limits)

    def _situation(self, facts: Mapping[str, object]) -> Situation:
        return Situation(self.state, self.budget, self.contract, self.trace, facts)

    def _admit(self, action: Action, ordinal: int) -> _Call:
        spec = self.host.tool(action.verb)
        verdict = tool_gate(spec, self._situation({}))
        if not verdict.ok:
            self._refuse(f"call of {action.verb!r}", "effect", verdict.why)
        try:
            args = check_args(spec, action.args)
        except ValueError as error:
            self._refuse(f"call of {action.verb!r}", "schema", str(error))
        key = idempotency_key(self.id, ordinal, action)
        return _Call(spec, args, Started(ordinal=ordinal, key=key, action=action, effect=spec.effect), None)

    def _refuse(self, what: str, gate: str, why: str) -> None:
        self.journal.emit(Refused(what=what, gate=gate, why=why, state=self.state))
        raise GateRefused(what, gate, why, self.state)

    def _afford(self, calls: Sequence[_Call]) -> None:
        self.budget.spent["wall"] = self.journal.active_s
        self.budget.demand("wall", 0.0 if self.budget.left("wall") > 0 else 1.0)
        wanted: dict[str, float] = {"steps": float(len(calls))}
        for call in calls:
            for resource, amount in call.spec.cost.items():
                wanted[resource] = wanted.get(resource, 0.0) + amount
        for resource, amount in wanted.items():
            self.budget.demand(resource, amount)
        if self.budget.left("bytes") <= 0:
            raise BudgetExhausted("bytes", self.budget.limits["bytes"], self.budget.spent["bytes"])

    def _answer(self, calls: Sequence[_Call]) -> None:
        pending: list[_Call] = []
        for call in calls:
            recorded = call.recorded
            known = None
            if recorded is not None:
                assert self.journal.recording is not None
                known = self.journal.recording.result_of(recorded.key)
            if known is None:
                pending.append(call)
                continue
            assert recorded is not None
            self.journal.expect_done(recorded.key)
            call.observation = known
        if pending:
            self._make(pending)
            if any(call.observation and call.observation.status is Status.CANCELLED for call in pending):
                # No end is written, so that a resumed episode makes these calls again.
                raise Cancelled(f"interrupted; resume with 'rusta resume {self.id}'")
            self.journal.emit(*(self._done(call, call.observation) for call in pending if call.observation))

    def _lay_workspace(self) -> object:
        """What the tools work in, laid at the first call that is really made."""
        if self.journal.log is None:
            raise EndOfRecord
        if self._interrupted:
            raise Cancelled(f"interrupted; resume with 'rusta resume {self.id}'")
        return self._workspace()

    def _make(self, calls: Sequence[_Call]) -> None:
        workspace = self._lay_workspace()
        for call in calls:
            if call.recorded is not None:
                self._reconcile(call, workspace)
        waiting = [call for call in calls if call.observation is None]
        again = [call.started for call in waiting if call.recorded is not None]
        if again:
            self.journal.emit(*again)
        if len(waiting) == 1:
            waiting[0].observation = self._perform(waiting[0], workspace)
            return
        with ThreadPoolExecutor(max_workers=self._workers, thread_name_prefix="rusta-call") as pool:
            futures = [(call, pool.submit(self._perform, call, workspace)) for call in waiting]
            try:
                for call, future in futures:
                    call.observation = future.result()
            except KeyboardInterrupt:
                self.interrupt()
                raise

    def _reconcile(self, call: _Call, workspace: object) -> None:
        """An earlier process started this call and died. A lasting effect must first be looked for."""
        assert call.recorded is not None
        assert self.journal.recording is not None
        attempt = self.journal.recording.attempts(call.recorded.key) + 1
        call.started = call.started.model_copy(update={"attempt": attempt})
        if not call.spec.effect.lasting:
            return
        if call.spec.reconcile is None:
            raise UnknownOutcome(
                f"an earlier run died during {call.spec.verb!r} (call {call.started.ordinal}), which changes the world "
                "outside, and the tool cannot tell whether it happened. Look at the target, then start a new episode."
            )
        found = self._run(call, call.spec.reconcile, workspace)
        if found is not None and found.status in (Status.ERROR, Status.TIMEOUT):
            raise UnknownOutcome(
                f"an earlier run died during {call.spec.verb!r} (call {call.started.ordinal}), and looking whether it "
                f"happened failed: {found.summary}. Put that right, then resume again."
            )
        call.observation, call.reconciled = found, found is not None

    def _perform(self, call: _Call, workspace: object) -> Observation:
        observation = self._run(call, call.spec.handler, workspace)
        assert observation is not None  # only a reconciler may say that nothing happened
        return observation

    def _run(self, call: _Call, reference: str, workspace: object) -> Observation | None:
        context = self._context(call, workspace)
        self._running.add(context.cancel)
        try:
            if self._interrupted:
                return cancelled(call.spec.verb)
            return perform(call.spec, reference, call.args, context)
        finally:
            self._running.discard(context.cancel)

    def _context(self, call: _Call, workspace: object) -> ToolContext:
        return ToolContext(
            workspace=workspace,
            timeout_s=max(1.0, min(call.spec.timeout_s, self.budget.left("wall"))),
            cancel=threading.Event(),
            key=call.started.key,
            attempt=call.started.attempt,
            home=self.home,
        )

    def _done(self, call: _Call, observation: Observation | None) -> Done:
        assert observation is not None
        data = observation_bytes(observation)
        call.size = len(data)
        blob = None
        if len(data) > BLOB_OVER and self.journal.log is not None:
            blob = self.journal.log.put_blob(data)
        return Done(
            key=call.started.key,
            sha256=observation_digest(observation),
            output=None if blob else observation,
            blob=blob,
            ms=observation.ms,
            reconciled=call.reconciled,
        )

    def _account(self, call: _Call, observation: Observation) -> None:
        self.budget.spend("steps", 1)
        for resource, amount in call.spec.cost.items():
            self.budget.spend(resource, amount)
        self.budget.spend("bytes", len(observation_bytes(observation)) if call.size is None else call.size)
        self.budget.spent["wall"] = self.journal.active_s
        self.trace.events.append(TraceCall(call.spec.verb, call.spec.effect, observation.ok, call.started.key))
