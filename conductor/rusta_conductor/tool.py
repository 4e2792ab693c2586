"""What a tool's handler receives and returns."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from rusta_schemas.base import JsonObject


@dataclass(frozen=True)
class ToolContext:
    """What surrounds one call.

    ``workspace`` is what the episode's domain laid out for its tools (None when it laid nothing); a tool documents the
    type it needs. ``cancel`` is set when the user interrupts or the deadline has passed: stop, clean up, raise
    ``Cancelled``. ``key`` is the call's idempotency key, ``attempt`` is 2 or more when an earlier process died in it.
    """

    workspace: object
    timeout_s: float
    cancel: threading.Event
    key: str
    attempt: int
    home: Path


@dataclass(frozen=True)
class ToolResult:
    """What a handler returns: one line for a person, and the data (a model or plain JSON)."""

    summary: str
    data: BaseModel | JsonObject = field(default_factory=dict)
