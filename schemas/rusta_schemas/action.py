"""An action: one call of one tool, as data."""

from __future__ import annotations

from pydantic import Field

from rusta_schemas.base import Closed, EpisodeId, JsonObject, Verb, Version1
from rusta_schemas.canonical import digest


class Action(Closed):
    """The envelope of a tool call. ``args`` must also satisfy the schema of its verb (``v1/verbs/VERB.json``)."""

    v: Version1 = 1
    verb: Verb
    args: JsonObject = Field(default_factory=dict)


def idempotency_key(episode: EpisodeId, ordinal: int, action: Action) -> str:
    """SHA-256 over (episode, ordinal, verb, canonical arguments).

    The same call at the same place of the same episode has the same key, on every machine and after every crash.
    """
    return digest([episode, ordinal, action.verb, action.args])
