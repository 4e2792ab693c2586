"""The beginning that a fork shares with its parent, as entries of the fork's own log.

A fork's log begins with a copy of its parent's, up to the end of a call, written as one group. From then on it is an
episode of its own, and going on with it is an ordinary resumption.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rusta_conductor.errors import UsageError
from rusta_devlog.recovery import RECOVERED
from rusta_schemas.action import idempotency_key
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.devlog import DevLogEntry, Done, Opened, Started, read_event


def beginning(entries: Iterable[DevLogEntry], step: int) -> tuple[list[DevLogEntry], int]:
    """The entries up to the end of call ``step``, and the ordinal of the last call among them.

    Calls that were made side by side belong together, so the last call can be a later one than ``step``.

    Raises:
        UsageError: there is no such call, or its end was never written.
    """
    shared: list[DevLogEntry] = []
    running: set[str] = set()
    last = -1
    for entry in entries:
        shared.append(entry)
        event = read_event(entry)
        if isinstance(event, Started):
            running.add(event.key)
            last = max(last, event.ordinal)
        elif isinstance(event, Done):
            running.discard(event.key)
            if last >= step and not running:
                return shared, last
    finished = last if not running else last - len(running)
    if finished < 0:
        raise UsageError("the episode has no finished step to fork from")
    raise UsageError(f"the episode has the steps 0 to {finished}; there is no step {step}")


def transplanted(entries: Sequence[DevLogEntry], episode: str, opened: JsonObject) -> list[DevLogEntry]:
    """``entries`` as the beginning of the log of ``episode``: its id, its calls' keys, and its first entry's changes.

    Entries about repairs of the parent's files are left out.
    """
    keys: dict[str, str] = {}
    copied: list[DevLogEntry] = []
    for entry in entries:
        if entry.kind == RECOVERED:
            continue
        event = read_event(entry)
        data = entry.data
        if isinstance(event, Opened):
            data = {**data, **opened}
        elif isinstance(event, Started):
            keys[event.key] = idempotency_key(episode, event.ordinal, event.action)
            data = {**data, "key": keys[event.key]}
        elif isinstance(event, Done):
            data = {**data, "key": keys[event.key]}
        copied.append(entry.model_copy(update={"episode": episode, "data": data}))
    return copied


def blobs_of(entries: Iterable[DevLogEntry]) -> list[str]:
    """The hashes of the blobs that ``entries`` refer to."""
    found = [str(entry.data["blob"]) for entry in entries if entry.data.get("blob")]
    return sorted(set(found))


def as_lines(entries: Iterable[DevLogEntry]) -> list[JsonObject]:
    """The entries as the log takes them."""
    return [to_json(entry) for entry in entries]
