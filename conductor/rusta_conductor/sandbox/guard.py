"""Watches what one command uses while it runs: disk, processes and memory of the whole sandbox.

Nothing here needs cgroups or quotas, which an ordinary user does not have: cheap machine-wide
figures (free space, number of tasks) say when an exact count is worth its price.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rusta_conductor.sandbox.model import MIB, Limits, StopReason
from rusta_conductor.sandbox.usage import disk_usage, free_bytes, population, task_count

_WALK_EVERY_S = 1.0
_COUNT_EVERY_S = 0.1


class Guard:
    """One command's guard. baseline: bytes the folders held when the sandbox was opened."""

    def __init__(self, limits: Limits, folders: Sequence[Path], baseline: int) -> None:
        self._limits = limits
        self._folders = folders
        self._baseline = baseline
        self._free_start = self._free_seen = free_bytes(folders[0]) if folders else 0
        self._slack = min(64 * MIB, max(MIB, limits.disk_bytes // 4))
        self._tasks_start = task_count()
        now = time.monotonic()
        self._next_walk = now + _WALK_EVERY_S
        self._next_count = now

    def check(self, root_pid: int | None) -> StopReason | None:
        """The reason to stop, if there is one. root_pid: whose descendants are the sandbox."""
        now = time.monotonic()
        if self._disk_exceeded(now, only_if_grown=False):
            return "disk"
        if root_pid is None:
            return None
        return self._crowd(now, root_pid)

    def final(self) -> StopReason | None:
        """A last look after the end; costs a walk only when free space went down."""
        return "disk" if self._disk_exceeded(time.monotonic(), only_if_grown=True) else None

    def _disk_exceeded(self, now: float, *, only_if_grown: bool) -> bool:
        limit = self._limits.disk_bytes
        if not limit or not self._folders:
            return False
        free = free_bytes(self._folders[0])
        grown = self._free_seen - free > self._slack
        if not grown and (only_if_grown or now < self._next_walk):
            return False
        used = disk_usage(self._folders, self._baseline + limit) - self._baseline
        self._next_walk = now + max(_WALK_EVERY_S, 50 * (time.monotonic() - now))
        self._free_seen = free
        # what a walk cannot see (paths too long, closed folders) still takes free space
        return used > limit or self._free_start - free > 2 * limit + 256 * MIB

    def _crowd(self, now: float, root_pid: int) -> StopReason | None:
        limits = self._limits
        crowded = task_count() - self._tasks_start > max(16, limits.processes // 2)
        if not (limits.processes or limits.resident_bytes):
            return None
        if now < self._next_count and not (limits.processes and crowded):
            return None
        people = population(root_pid, limits.processes or 1 << 20)
        self._next_count = now + max(_COUNT_EVERY_S, 20 * (time.monotonic() - now))
        if limits.processes and people.tasks > limits.processes:
            return "processes"
        if limits.resident_bytes and people.resident > limits.resident_bytes:
            return "memory"
        return None
