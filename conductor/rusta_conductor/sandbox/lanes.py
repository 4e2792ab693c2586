"""Lanes: exclusively owned persistent folders, `home/lanes/<key>/<n>/`, one per open sandbox.

A lane keeps a warm `target/` between episodes; the tree, the overlay's folders and `scratch/` are
laid anew each time. Ownership is an flock on the lane's `lock` file, so it ends with the process,
however that dies; the file names the holder's pid for people to read.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rusta_conductor.sandbox.errors import LaneBusy, SandboxError, SandboxRefused
from rusta_conductor.sandbox.folder import empty_path, remove_entry

LANES_MAX = 64
VOLATILE = ("tree", "upper", "work", "used", "merged", "lower", "scratch")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class LaneState:
    """What the warm target folder was last built from; see `freshness`.

    open: a sandbox used the lane and did not close it, so nothing is known.
    stats: base file → [mtime_ns, size, inode]; dirty: path → mtime_ns it was last shown with
    while equal to the base, 0 when it last differed.
    """

    root: str
    open: bool
    stats: dict[str, list[int]] = field(default_factory=dict)
    dirty: dict[str, int] = field(default_factory=dict)


class Lane:
    """A held lane folder; made by `acquire_lane`."""

    def __init__(self, home: Path, key: str, index: int, path: Path, lock: int) -> None:
        self.home, self.key, self.index, self.path = home, key, index, path
        self.target = path / "target"
        self.scratch = path / "scratch"
        self._lock = lock

    def lay(self) -> None:
        """Empty everything but the warm target folder."""
        self.clear()
        self.target.mkdir(mode=0o700, exist_ok=True)
        empty_path(self.scratch)

    def clear(self) -> None:
        """Remove what a sandbox left beside the warm target folder."""
        clear_lane(self.path)

    def read_state(self) -> LaneState | None:
        """The recorded state; None when there is none or it cannot be read."""
        try:
            raw = json.loads((self.path / "state.json").read_text("utf-8", "surrogateescape"))
            return LaneState(
                str(raw["root"]),
                bool(raw["open"]),
                {str(k): [int(n) for n in v] for k, v in raw["stats"].items()},
                {str(k): int(v) for k, v in raw["dirty"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write_state(self, state: LaneState) -> None:
        """Record the state, atomically."""
        temporary = self.path / "state.json.new"
        temporary.write_text(json.dumps(asdict(state)), "ascii")
        temporary.replace(self.path / "state.json")

    def release(self) -> None:
        """Give the lane back."""
        if self._lock < 0:
            return
        with contextlib.suppress(OSError):
            os.utime(self._lock)  # "last used", for the size cap
        os.close(self._lock)
        self._lock = -1


@contextlib.contextmanager
def acquire_lane(home: Path, key: str) -> Iterator[Lane]:
    """Hold the first free lane of a project key; its volatile folders are emptied on both ends.

    Raises SandboxRefused for a key that is no plain name, LaneBusy when all lanes are held.
    """
    lane = take_lane(home, key)
    try:
        lane.lay()
        yield lane
    finally:
        with contextlib.suppress(SandboxError, OSError):
            lane.clear()
        lane.release()


def take_lane(home: Path, key: str) -> Lane:
    """As acquire_lane, without the context: the caller calls `lay()` and `release()`."""
    if not _KEY.fullmatch(key):
        raise SandboxRefused(f"{key!r} cannot name a lane; use letters, digits, '.', '_' and '-'")
    folder = home.absolute() / "lanes" / key
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for index in range(LANES_MAX):
            path = folder / str(index)
            lock = try_lock(path)
            if lock is not None:
                return Lane(home, key, index, path, lock)
    except OSError as error:
        raise SandboxError(f"cannot make a lane in {folder}: {error.strerror or error}") from error
    raise LaneBusy(f"all {LANES_MAX} lanes in {folder} are held; end some of the other episodes")


def try_lock(path: Path) -> int | None:
    """Lock a lane folder; the descriptor that holds the lock, None when someone else does."""
    while True:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            fd = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            continue  # a sweep removed the folder just now
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            return None
        with contextlib.suppress(FileNotFoundError):
            if (path / "lock").stat().st_ino == os.fstat(fd).st_ino:
                os.ftruncate(fd, 0)
                os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
                return fd
        os.close(fd)  # a sweep removed the folder between open and lock


def clear_lane(path: Path) -> tuple[str, ...]:
    """Remove a lane's volatile folders; the names of those that were there."""
    removed = []
    parent = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in VOLATILE:
            with contextlib.suppress(FileNotFoundError):
                remove_entry(name, parent)
                removed.append(name)
    finally:
        os.close(parent)
    return tuple(removed)
