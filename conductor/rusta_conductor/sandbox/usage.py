"""How much disk a folder takes and how many processes a program has: what the guards look at."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ENTRY_BYTES = 512  # an empty file still costs an inode; a million of them must count
PAGE = os.sysconf("SC_PAGE_SIZE")


def disk_usage(folders: Iterable[Path], stop_above: int | None = None) -> int:
    """Allocated bytes below the folders, hard links counted once; stops early above a bound.

    Folders that cannot be entered count as their entry alone; nothing is followed or opened.
    """
    total = 0
    seen: set[tuple[int, int]] = set()
    todo: list[str] = [str(folder) for folder in folders]
    while todo:
        try:
            scan = os.scandir(todo.pop())
        except OSError:
            continue
        with scan:
            for entry in scan:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if status.st_nlink > 1 and not entry.is_dir(follow_symlinks=False):
                        identity = (status.st_dev, status.st_ino)
                        if identity in seen:
                            continue
                        seen.add(identity)
                    total += status.st_blocks * 512 + ENTRY_BYTES
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
        if stop_above is not None and total > stop_above:
            break
    return total


def free_bytes(folder: Path) -> int:
    """Free space of the folder's file system; 0 when it cannot be asked."""
    try:
        status = os.statvfs(folder)
    except OSError:
        return 0
    return status.f_bfree * status.f_frsize


def task_count() -> int:
    """Threads on the whole machine: one cheap read that shows a fork bomb starting."""
    try:
        with open("/proc/loadavg", "rb") as file:  # noqa: PTH123 - read every few milliseconds
            return int(file.read().split()[3].split(b"/")[1])
    except (OSError, IndexError, ValueError):
        return 0


@dataclass(frozen=True)
class Population:
    """Descendants of a process (itself not counted): tasks is threads, resident is bytes."""

    pids: tuple[int, ...]
    tasks: int
    resident: int


def population(root: int, stop_above: int = 1 << 20) -> Population:
    """Count the descendants of a process; stops counting above a bound."""
    pids: list[int] = []
    tasks = resident = 0
    todo = _children(root)
    while todo and tasks <= stop_above:
        pid = todo.pop()
        pids.append(pid)
        threads = 1
        with contextlib.suppress(OSError):
            threads = max(1, Path(f"/proc/{pid}/task").stat().st_nlink - 2)
        with contextlib.suppress(OSError, ValueError, IndexError):
            resident += int(_read(f"/proc/{pid}/statm").split()[1]) * PAGE
        tasks += threads
        todo.extend(_children(pid))
    return Population(tuple(pids), tasks, resident)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found.extend(int(n) for n in _read(f"{thread}/children").split())
    return found


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces = []
        while piece := os.read(fd, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(fd)
