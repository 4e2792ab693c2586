"""A recorded episode, read back for replay, resume and fork.

The recording is a queue of the entries that matter: each live step of the re-run must equal the next one. Remarks,
parking and entries of unknown kinds are passed over. Every item knows the budget that held when it was written, so that
a re-run decides as the first run did, also where the budget was raised in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rusta_conductor.errors import Divergence, UsageError
from rusta_devlog.recovery import RECOVERED
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.canonical import canonical_bytes, digest
from rusta_schemas.devlog import (
    Decision,
    DevLogEntry,
    Done,
    Ended,
    Event,
    Opened,
    Parked,
    Refused,
    Resumed,
    Started,
    Transition,
    UnknownEvent,
    read_event,
)
from rusta_schemas.observation import Observation

COMPARED = (Started, Done, Decision, Transition, Refused, Ended)


@dataclass(frozen=True)
class Recorded:
    """One entry that matters, with its place and time, the activity up to it (µs), and the budget that held."""

    seq: int
    ts: str
    active_us: int
    event: Event
    budget: JsonObject


class Recording:
    """The entries of one episode as a cursor.

    Args:
        entries: (sequence number, entry), in the order of the log.
        get_blob: content of a blob by its hash.
    """

    def __init__(
        self,
        entries: Iterable[tuple[int, DevLogEntry]],
        get_blob: Callable[[str], bytes],
    ) -> None:
        self._get_blob = get_blob
        self.opened: Opened | None = None
        self.episode = ""
        self.budget: JsonObject = {}
        self.ended: Ended | None = None
        self.last_ts = ""
        self.opened_ts = ""
        self.active_us = 0
        self.parked: Parked | None = None
        self._items: list[Recorded] = []
        self._done: dict[str, Done] = {}
        self._next = 0
        self._attempts: dict[str, int] = {}
        self._read(entries)
        if self.opened is None:
            raise UsageError("the log does not begin with an 'opened' entry; it cannot be replayed")

    def _read(self, entries: Iterable[tuple[int, DevLogEntry]]) -> None:
        active = 0
        for seq, entry in entries:
            event = read_event(entry)
            if isinstance(event, Opened):
                self.opened, self.episode, self.budget = event, entry.episode, event.budget
                self.opened_ts = entry.ts
            elif isinstance(event, Resumed):
                self.budget, self.parked = event.budget, None
            elif isinstance(event, Parked):
                self.parked = event
            if self.last_ts and not _begins_process(event):
                active += microseconds_between(self.last_ts, entry.ts)
            self.last_ts, self.active_us = entry.ts, active
            if isinstance(event, Started):
                again = event.key in self._attempts
                self._attempts[event.key] = max(event.attempt, self._attempts.get(event.key, 0))
                if again:  # a repeated attempt stands for the same step of the episode
                    continue
            if isinstance(event, Done):
                if event.key in self._done:
                    continue
                self._done[event.key] = event
            if isinstance(event, Ended):
                self.ended = event
            if isinstance(event, COMPARED):
                self._items.append(Recorded(seq, entry.ts, active, event, self.budget))

    @property
    def exhausted(self) -> bool:
        """True when everything recorded has been consumed."""
        return self._next >= len(self._items)

    @property
    def calls(self) -> int:
        """How many calls have a recorded end."""
        return len(self._done)

    def peek(self) -> Recorded | None:
        """The next entry that matters, or None at the end."""
        return None if self.exhausted else self._items[self._next]

    @property
    def budget_here(self) -> JsonObject:
        """The limits that hold from here to the next entry that matters."""
        return self.budget if self.exhausted else self._items[self._next].budget

    def take(self) -> Recorded:
        """Consume the next entry."""
        item = self._items[self._next]
        self._next += 1
        return item

    def attempts(self, key: str) -> int:
        """How often the call was started."""
        return self._attempts.get(key, 0)

    def result_of(self, key: str) -> Observation | None:
        """The recorded observation of a call, checked against its digest; None when its end was never written.

        Raises:
            Divergence: the stored output does not have the recorded digest.
        """
        done = self._done.get(key)
        if done is None:
            return None
        if done.output is not None:
            observation = done.output
        elif done.blob is not None:
            observation = Observation.model_validate_json(self._get_blob(done.blob))
        else:
            raise Divergence(f"call {key[:12]}", "output", "an output or a blob", None)
        if observation_digest(observation) != done.sha256:
            raise Divergence(f"call {key[:12]}", "sha256", done.sha256, observation_digest(observation))
        return observation


def _begins_process(event: Event) -> bool:
    """True for what a later process writes first: the time since the entry before is not activity."""
    return isinstance(event, Resumed) or (isinstance(event, UnknownEvent) and event.name == RECOVERED)


def microseconds_between(earlier: str, later: str) -> int:
    """From one log timestamp to a later one; 0 when the clock went back. Whole numbers add up the same in any order."""
    delta = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    return max(0, delta // timedelta(microseconds=1))


def observation_digest(observation: Observation) -> str:
    """The digest of what a call brought back, its timing left out."""
    return digest({**to_json(observation), "ms": 0})


def observation_bytes(observation: Observation) -> bytes:
    """The observation as it is stored in a blob."""
    return canonical_bytes(to_json(observation))


def first_difference(left: object, right: object, path: str = "$") -> tuple[str, object, object] | None:
    """The first place where two JSON values differ, in key order; None when they are equal."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            if key not in left or key not in right:
                return f"{path}.{key}", left.get(key, "(absent)"), right.get(key, "(absent)")
            found = first_difference(left[key], right[key], f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(left, list) and isinstance(right, list):
        for index, (a, b) in enumerate(zip(left, right, strict=False)):
            found = first_difference(a, b, f"{path}[{index}]")
            if found:
                return found
        if len(left) != len(right):
            return f"{path}.length", len(left), len(right)
        return None
    same = type(left) is type(right) and left == right
    return None if same else (path, left, right)
