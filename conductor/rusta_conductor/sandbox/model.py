"""The words of the sandbox: rungs, layout, limits and what came out of a command."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

MIB = 1024 * 1024
GIB = 1024 * MIB

StopReason = Literal["timeout", "cancelled", "disk", "output", "processes", "memory"]


class Rung(StrEnum):
    """One way to run a command on a private tree; members stand in order of preference."""

    OVERLAY = "overlay"
    BWRAP_COPY = "bwrap-copy"
    LANDLOCK = "landlock"
    NONE = "none"


@dataclass(frozen=True)
class Layout:
    """What a sandbox shows.

    root: the target tree, absolute and resolved. The overlay and the bwrap copy show it inside
        at the same absolute path; the Landlock rung works on a copy at `Sandbox.root`.
    extra_trees: other trees (path dependencies outside root), read-only, same path.
    read_only: toolchain, registries and the like, read-only, same path; missing ones are skipped.
    hidden: relative paths under root that are not part of the tree on any rung ("target", ".git").
    """

    root: Path
    extra_trees: tuple[Path, ...] = ()
    read_only: tuple[Path, ...] = ()
    hidden: tuple[str, ...] = ()


def _three_quarters_of_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 * 3


@dataclass(frozen=True)
class Limits:
    """What one command may use. Sizes are bytes, times are seconds, 0 switches a limit off.

    wall_s: real time until the kill ladder starts; grace_s: time between its steps.
    cpu_s, memory_bytes (address space), file_bytes (largest file), open_files: per process.
    resident_bytes, processes: over the whole sandbox, counted by a guard several times a
        second; resident_bytes defaults to three quarters of the machine's memory.
    disk_bytes: growth of all writable folders since the sandbox was opened.
    output_bytes: kept per stream, head and tail; output_stop_bytes: a stream this long stops the
        command.
    tmp_bytes: size of the memory-backed /tmp and /dev/shm on the bwrap rungs.
    """

    wall_s: float = 600.0
    cpu_s: int = 0
    memory_bytes: int = 0
    resident_bytes: int = field(default_factory=_three_quarters_of_memory)
    processes: int = 512
    open_files: int = 4096
    file_bytes: int = 2 * GIB
    disk_bytes: int = 8 * GIB
    output_bytes: int = 16 * MIB
    output_stop_bytes: int = GIB
    tmp_bytes: int = 256 * MIB
    grace_s: float = 2.0


@dataclass(frozen=True)
class Completed:
    """What a command did. Exactly one of exit_code and signal is set.

    stopped: why the sandbox ended it, None when it ended by itself.
    survivors: processes still running when the command ended (they were killed); 0 when the
        sandbox ended everything at once.
    """

    argv: tuple[str, ...]
    exit_code: int | None
    signal: int | None
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    stdout_truncated: bool
    stderr_truncated: bool
    stopped: StopReason | None
    wall_ms: int
    survivors: int

    @property
    def ok(self) -> bool:
        """True when the command ended by itself with exit code 0."""
        return self.exit_code == 0 and self.stopped is None


@dataclass(frozen=True)
class RungReport:
    """The result of really trying one rung. why: a sentence, also when it works."""

    rung: Rung
    ok: bool
    why: str
    ms: int
