"""The entries of the DevLog.

An entry is an envelope with a ``kind`` and ``data``. The kinds below are the ones this version writes; a reader meets
others and passes them on (:class:`UnknownEvent`), so that an old program can read a new log.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, ValidationError

from rusta_schemas.action import Action
from rusta_schemas.base import (
    Bool,
    Closed,
    Count,
    EpisodeId,
    Int,
    JsonObject,
    Number,
    Open,
    Position,
    Sha256,
    Timestamp,
    Version1,
)
from rusta_schemas.effects import Effect
from rusta_schemas.errors import SchemaError
from rusta_schemas.observation import Observation

KIND = r"^[a-z][a-z0-9_]{0,31}$"


class DevLogEntry(Closed):
    """The envelope. Its place in the log (sequence number and hash chain) belongs to the frame, not to the entry."""

    v: Version1 = 1
    ts: Timestamp
    episode: EpisodeId
    kind: str = Field(pattern=KIND)
    data: JsonObject = Field(default_factory=dict)


class Event(Open):
    """Base of the typed contents of ``data``."""

    kind: ClassVar[str]


class Opened(Event):
    """An episode begins."""

    kind = "opened"
    domain: str
    goal: JsonObject
    seed: Int
    budget: JsonObject
    contract: JsonObject
    versions: JsonObject = Field(default_factory=dict)
    parent: EpisodeId | None = None
    parent_step: Count | None = Field(default=None, description="ordinal of the last call shared with the parent")


class Started(Event):
    """A call is about to be made. Without a ``done`` of the same key, its outcome is unknown."""

    kind = "started"
    ordinal: Count
    key: Sha256
    action: Action
    effect: Effect
    attempt: Position = 1


class Done(Event):
    """A call has ended. A large observation lies in ``blob``; ``sha256`` is the digest of its canonical JSON."""

    kind = "done"
    key: Sha256
    sha256: Sha256
    output: Observation | None = None
    blob: Sha256 | None = None
    ms: Number = Field(ge=0)
    reconciled: Bool = False


class Refused(Event):
    """A gate or the contract refused a call or a signal."""

    kind = "refused"
    what: str
    gate: str
    why: str
    state: str


class GateVerdict(Closed):
    gate: str
    ok: Bool
    why: str


class Transition(Event):
    """The machine moved (or, with ``ok`` false, was not allowed to)."""

    kind = "transition"
    signal: str
    source: str
    target: str
    ok: Bool
    verdicts: tuple[GateVerdict, ...] = ()


class Decision(Event):
    """Something the domain decided, written down so that replay can compare it."""

    kind = "decision"
    topic: str
    value: JsonObject


class Note(Event):
    """A remark for people; replay ignores it."""

    kind = "note"
    text: str


class Parked(Event):
    """The episode stopped in a resumable state."""

    kind = "parked"
    reason: str
    resource: str | None = None


class Resumed(Event):
    """A later process took the episode up again."""

    kind = "resumed"
    replayed: Count = Field(description="calls answered from the log")
    budget: JsonObject


class Ended(Event):
    """The episode is over."""

    kind = "closed"
    outcome: str
    summary: str
    result: JsonObject = Field(default_factory=dict)


class UnknownEvent(Event):
    """An event of a kind this program does not know."""

    kind = "unknown"
    name: str
    data: JsonObject


_EVENTS: tuple[type[Event], ...] = (
    Opened, Started, Done, Refused, Transition, Decision, Note, Parked, Resumed, Ended,
)  # fmt: skip
EVENT_TYPES: dict[str, type[Event]] = {event.kind: event for event in _EVENTS}


def read_event(entry: DevLogEntry) -> Event:
    """The typed content of ``entry``.

    Raises:
        SchemaError: the kind is known but the data does not have its shape.
    """
    known = EVENT_TYPES.get(entry.kind)
    if known is None:
        return UnknownEvent(name=entry.kind, data=entry.data)
    try:
        return known.model_validate(entry.data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SchemaError(f"entry of kind {entry.kind!r}: {place}: {first['msg']}") from None
