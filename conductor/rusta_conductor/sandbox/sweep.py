"""Tidying up after sandboxes whose owner died, and keeping warm target folders within a cap."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from rusta_conductor.sandbox.folder import remove_entry
from rusta_conductor.sandbox.lanes import VOLATILE, clear_lane, try_lock
from rusta_conductor.sandbox.model import GIB
from rusta_conductor.sandbox.usage import disk_usage

TARGETS_MAX_BYTES = 5 * GIB


@dataclass(frozen=True)
class SweepReport:
    """What a sweep did. Lanes are named "key/number".

    cleaned: lanes where a dead owner's tree or scratch was removed; removed: lanes removed whole,
    oldest first, to keep the cap; held: lanes in use, left alone; kept_bytes: warm targets left.
    """

    cleaned: tuple[str, ...]
    removed: tuple[str, ...]
    held: tuple[str, ...]
    kept_bytes: int


def sweep(home: Path, max_bytes: int = TARGETS_MAX_BYTES) -> SweepReport:
    """Clean all lanes nobody holds; call it at start-up. Never waits, never touches a held lane."""
    cleaned, removed, held = [], [], []
    waiting: list[tuple[int, list[bytes]]] | None = None
    free: list[tuple[float, int, Path]] = []  # (last used, bytes, lane)
    for path in _lanes(home):
        used_at = _last_used(path)
        if not _is_laid(path):  # nobody works in it, and nothing was left: most lanes, at every start
            free.append((used_at, _size(path, used_at), path))
            continue
        lock = try_lock(path)
        if lock is None:
            held.append(_name(path))
            continue
        try:
            waiting = _waiting_programs() if waiting is None else waiting
            _end_waiting(waiting, path)
            if clear_lane(path):
                cleaned.append(_name(path))
            free.append((used_at, _size(path, used_at), path))
            os.utime(lock, (used_at, used_at))
        finally:
            os.close(lock)
    total = sum(size for _, size, _ in free)
    for _, size, path in sorted(free):
        if total <= max_bytes:
            break
        lock = try_lock(path)
        if lock is None:
            continue
        try:
            parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                remove_entry(path.name, parent)
            finally:
                os.close(parent)
        finally:
            os.close(lock)
        removed.append(_name(path))
        total -= size
    return SweepReport(tuple(cleaned), tuple(removed), tuple(held), total)


def _waiting_programs() -> list[tuple[int, list[bytes]]]:
    """Our bwrap processes: one that lost its parent at the wrong moment waits for ever, unstarted."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"bwrap") and folder.stat().st_uid == os.geteuid():
                found.append((int(folder.name), words))
    return found


def _end_waiting(programs: list[tuple[int, list[bytes]]], lane: Path) -> None:
    """End those that were started for a lane; nobody holds it, so none of them is in use."""
    scratch = os.fsencode(lane / "scratch")
    for pid, words in programs:
        if scratch in words:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def _lanes(home: Path) -> list[Path]:
    return sorted(path.parent for path in (home / "lanes").glob("*/*/lock"))


def _is_laid(path: Path) -> bool:
    """The lane has folders of a sandbox, of one that is open or of one whose owner died."""
    try:
        return any(name in VOLATILE for name in os.listdir(path))  # noqa: PTH208 - names are all that is needed
    except OSError:
        return False


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _last_used(path: Path) -> float:
    try:
        return (path / "lock").stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path, used_at: float) -> int:
    """Size of a lane's target, remembered until the lane is used again."""
    note = path / "size"
    with contextlib.suppress(OSError, ValueError):
        if note.stat().st_mtime >= used_at:
            return int(note.read_text("ascii"))
    size = disk_usage([path / "target"])
    with contextlib.suppress(OSError):
        note.write_text(str(size), "ascii")
    return size
