"""The episode's side of the DevLog: writes live entries, and holds re-run steps against the recorded ones.

Three ways to run, one code path:
live: a log, no recording. replay: a recording, no log. resume: the recording of the same log first, then live.
(A fork is the resumption of a new log that begins with a part of its parent's.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from rusta_conductor.errors import Divergence
from rusta_conductor.interrupts import held
from rusta_conductor.recording import (
    COMPARED,
    Recording,
    first_difference,
    microseconds_between,
)
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.devlog import (
    Decision,
    DevLogEntry,
    Done,
    Event,
    Opened,
    Parked,
    Started,
    Transition,
)

TIMED = (Opened, *COMPARED)


class Log(Protocol):
    """What the journal needs of a DevLog writer."""

    def append_group(self, entries: Sequence[JsonObject]) -> object: ...
    def put_blob(self, data: bytes) -> str: ...


def utc_now() -> str:
    """The time now in the form of the log."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Journal:
    """Everything an episode writes goes through here.

    Args:
        episode: the episode's id, put into every entry.
        log: where live entries go; None in a pure replay.
        recording: what an earlier run did; None in a fresh run.
        observer: called with every entry once it is durable.
        clock: the present time in the form of the log.
        tolerance: in a pure replay, how many lines a proposal's size may differ by (see :class:`ProposalWithin`).
    """

    def __init__(
        self,
        episode: str,
        *,
        log: Log | None = None,
        recording: Recording | None = None,
        observer: Callable[[DevLogEntry], None] | None = None,
        clock: Callable[[], str] = utc_now,
        tolerance: int = 0,
    ) -> None:
        self.episode, self.log, self.recording = episode, log, recording
        self._observer, self._clock = observer, clock
        self._tolerance = tolerance
        self._on_budget: Callable[[Mapping[str, float]], None] | None = None
        # The domain's time and activity move only with entries that a replay confirms, never with remarks.
        self.ts = "" if recording is None else recording.opened_ts
        self._active_us = 0
        self._written_ts = "" if recording is None else recording.last_ts
        self._active_total = 0 if recording is None else recording.active_us
        self._announce: Event | None = None
        self.replayed_calls = 0

    @property
    def active_s(self) -> float:
        """Seconds of activity up to the last entry that matters; the time between two processes is not counted."""
        return self._active_us / 1e6

    @property
    def on_budget(self) -> Callable[[Mapping[str, float]], None] | None:
        """Told the limits that the record gives to the coming steps, now and whenever they change."""
        return self._on_budget

    @on_budget.setter
    def on_budget(self, listener: Callable[[Mapping[str, float]], None]) -> None:
        self._on_budget = listener
        self._tell_budget()

    @property
    def replaying(self) -> bool:
        """True while the next step has a recorded counterpart."""
        return self.recording is not None and not self.recording.exhausted

    @property
    def live(self) -> bool:
        """True when steps may really be made."""
        return self.log is not None and not self.replaying

    def emit(self, *events: Event) -> None:
        """Write events (as one durable group), or confirm them against the record.

        Raises:
            Divergence: the record has something else here.
        """
        fresh: list[Event] = []
        for event in events:
            if self.replaying:
                self._confirm(event)
            else:
                fresh.append(event)
        if fresh:
            self._write(fresh)

    def expect_started(self, event: Started) -> Started | None:
        """The recorded start that stands for ``event``; None when the call is new and must be made."""
        if not self.replaying:
            return None
        assert self.recording is not None
        item = self.recording.peek()
        assert item is not None
        if not isinstance(item.event, Started):
            raise Divergence(f"entry {item.seq}", "kind", _describe(item.event), _describe(event))
        recorded = item.event
        wanted, got = _call_identity(recorded), _call_identity(event)
        difference = first_difference(wanted, got)
        if difference is not None:
            path, left, right = difference
            raise Divergence(f"call {event.ordinal} ({event.action.verb}), entry {item.seq}", path, left, right)
        self._consume()
        return recorded

    def expect_done(self, key: str) -> None:
        """Consume the recorded end of the call ``key``; it must be the next entry that matters."""
        assert self.recording is not None
        item = self.recording.peek()
        if item is None or not isinstance(item.event, Done) or item.event.key != key:
            found = "the end of the record" if item is None else item.event.kind
            raise Divergence(f"call {key[:12]}", "order", found, "its end")
        self._consume()
        self.replayed_calls += 1

    def park(self, event: Parked) -> None:
        """Write that the episode stops here. In a re-run this is where its record must end too.

        Raises:
            Divergence: the record goes on where the re-run stopped, which no budget has made it do.
            EndOfRecord: a pure replay has confirmed everything.
        """
        if self.replaying:
            assert self.recording is not None
            item = self.recording.peek()
            assert item is not None
            raise Divergence(f"entry {item.seq}", "kind", _describe(item.event), f"parked: {event.reason}")
        self._write([event])

    def finish(self) -> None:
        """Make sure that the re-run used up its record.

        Raises:
            Divergence: the record goes on where the re-run ended.
        """
        if self.replaying:
            assert self.recording is not None
            item = self.recording.peek()
            assert item is not None
            raise Divergence(f"entry {item.seq}", "kind", _describe(item.event), "the end")

    def announce(self, event: Event) -> None:
        """Write ``event`` just before the first live entry: an earlier process's work is being taken up."""
        self._announce = event

    def _confirm(self, event: Event) -> None:
        assert self.recording is not None
        item = self.recording.peek()
        assert item is not None
        if item.event.kind != event.kind:
            raise Divergence(f"entry {item.seq}", "kind", _describe(item.event), _describe(event))
        recorded, replayed = _comparable(item.event), _comparable(event)
        difference = first_difference(recorded, replayed)
        if difference is not None:
            path, left, right = difference
            if self._tolerance and isinstance(event, Decision) and event.topic == "proposal":
                self._tolerate(item.seq, recorded, replayed)
            raise Divergence(f"{event.kind}, entry {item.seq}", path, left, right)
        self._consume()

    def _tolerate(self, seq: int, recorded: JsonObject, replayed: JsonObject) -> None:
        sizes = [side["value"].get("lines") for side in (recorded, replayed) if isinstance(side["value"], dict)]
        left, right = (size if isinstance(size, int | float) else -1.0 for size in sizes)
        if min(left, right) >= 0 and abs(left - right) <= self._tolerance:
            raise ProposalWithin(
                f"entry {seq}: another proposal of {right:g} lines where {left:g} were recorded; "
                "what follows it cannot be replayed"
            )

    def _consume(self) -> None:
        assert self.recording is not None
        item = self.recording.take()
        self.ts, self._active_us = item.ts, item.active_us
        self._tell_budget()

    def _tell_budget(self) -> None:
        if self.recording is not None and self._on_budget is not None:
            limits = self.recording.budget_here
            self._on_budget({k: float(v) for k, v in limits.items() if isinstance(v, int | float)})

    def _write(self, events: Sequence[Event]) -> None:
        if self.log is None:
            raise EndOfRecord
        now = max(self._clock(), self._written_ts)
        if self._announce is not None:
            announced, self._announce = self._announce, None
            self._append([announced], now)
        elif self._written_ts:
            self._active_total += microseconds_between(self._written_ts, now)
        self._append(events, now)
        if any(isinstance(event, TIMED) for event in events):
            self.ts, self._active_us = now, self._active_total

    def _append(self, events: Sequence[Event], now: str) -> None:
        assert self.log is not None
        self._written_ts = now
        entries = [DevLogEntry(ts=now, episode=self.episode, kind=event.kind, data=to_json(event)) for event in events]
        lines = [to_json(entry) for entry in entries]
        with held():  # a writer that is interrupted in the middle of a write is of no more use
            self.log.append_group(lines)
        if self._observer is not None:
            for entry in entries:
                self._observer(entry)


class EndOfRecord(Exception):  # flow control: a replay has reached the end of an unfinished episode
    """The record ends here, and nothing new may be written."""


class ProposalWithin(Exception):  # flow control: good enough, but the record ends to be comparable
    """A replay proposed something else of nearly the same size; the text says what and where."""


def _comparable(event: Event) -> JsonObject:
    if isinstance(event, Transition):
        # A verdict's words quote the budget, which a resumed episode may have raised; its answer must stay.
        verdicts = tuple(verdict.model_copy(update={"why": ""}) for verdict in event.verdicts)
        event = event.model_copy(update={"verdicts": verdicts})
    return to_json(event)


def _call_identity(started: Started) -> JsonObject:
    return {
        "ordinal": started.ordinal,
        "verb": started.action.verb,
        "args": started.action.args,
        "effect": str(started.effect),
    }


def _describe(event: Event) -> str:
    if isinstance(event, Started):
        return f"call of {event.action.verb}"
    if isinstance(event, Decision):
        return f"decision on {event.topic}"
    signal = getattr(event, "signal", None)
    return f"{event.kind} {signal}" if signal else event.kind
