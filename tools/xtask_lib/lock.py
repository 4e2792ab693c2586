"""Several xtask runs in one checkout: many may use `.venv`, only one may change it.

A shared lock is held while a verb runs, an exclusive one while the environment is made. The lock
belongs to the open file, so that a killed run leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xtask_lib.console import XtaskError, note


class EnvironmentLock:
    """An open lock file; `share` and `exclude` wait, and say so when they have to."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def share(self) -> None:
        """Wait until nobody changes the environment, and keep it that way."""
        self._take(fcntl.LOCK_SH, "another xtask run is setting up .venv")

    def exclude(self) -> None:
        """Wait until nobody else uses the environment, and keep it that way.

        A shared lock is given up first: two runs that both want more would wait forever.
        """
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._take(fcntl.LOCK_EX, "another xtask run is using .venv, which has to change")

    def _take(self, kind: int, why_wait: str) -> None:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            note(f"waiting: {why_wait}")
            fcntl.flock(self._descriptor, kind)


@contextmanager
def environment_lock(folder: Path) -> Iterator[EnvironmentLock]:
    """Open (and make, if need be) the lock file in `folder`; closing it releases the lock."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise XtaskError(
            f"{folder} can't be written ({error.strerror}): xtask keeps its lock and logs there; "
            "use a checkout that you may write to"
        ) from None
    try:
        yield EnvironmentLock(descriptor)
    finally:
        os.close(descriptor)
