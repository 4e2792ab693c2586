"""What a tool call brought back."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from rusta_schemas.base import Closed, JsonObject, Number, Verb, Version1


class Status(StrEnum):
    """How a call ended. A compiler that finds errors is ``ok``: the tool did its work."""

    OK = "ok"
    ERROR = "error"  # the tool could not do its work
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    REFUSED = "refused"  # a gate said no; the tool was not started


class Observation(Closed):
    """The result of one action. ``data`` has the shape that the verb's result model publishes."""

    v: Version1 = 1
    verb: Verb
    status: Status
    summary: str = Field(description="one line for a person")
    data: JsonObject = Field(default_factory=dict)
    ms: Number = Field(default=0.0, ge=0, description="wall time in milliseconds; ignored by replay")

    @property
    def ok(self) -> bool:
        return self.status is Status.OK
