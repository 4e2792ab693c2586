"""What a verb is given, and the timing of what it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from xtask_lib.console import heading, note, seconds
from xtask_lib.environment import Environment
from xtask_lib.place import Place


@dataclass(frozen=True)
class Context:
    """The checkout, its environment, and the words after the verb."""

    place: Place
    environment: Environment
    arguments: Sequence[str]


@contextmanager
def timed(text: str) -> Iterator[None]:
    """Announce something that reports its own success, and say how long it took."""
    heading(text)
    start = time.monotonic()
    try:
        yield
    finally:
        note(f"took {seconds(start)}")
