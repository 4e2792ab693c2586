"""The seam between the log and the operating system.

Everything the log does to a disk goes through a :class:`FileSystem`, so that a test can run the real code against a
disk that fills up, fails, or loses power (:mod:`rusta_devlog.simulation`). Methods raise :class:`OSError`.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

FILE_MODE = 0o600
DIRECTORY_MODE = 0o700


class FileSystem(Protocol):
    """The calls a log needs; offsets and sizes in bytes."""

    def open(self, path: Path, flags: int) -> int: ...
    def close(self, fd: int) -> None: ...
    def read(self, fd: int, count: int, offset: int) -> bytes: ...
    def write(self, fd: int, data: bytes, offset: int) -> int: ...
    def truncate(self, fd: int, size: int) -> None: ...
    def size(self, fd: int) -> int: ...
    def sync(self, fd: int) -> None: ...
    def sync_data(self, fd: int) -> None: ...
    def sync_directory(self, path: Path) -> None: ...
    def rename(self, source: Path, target: Path) -> None: ...
    def unlink(self, path: Path) -> None: ...
    def make_directory(self, path: Path) -> None: ...
    def remove_directory(self, path: Path) -> None: ...
    def names(self, path: Path) -> list[str]: ...
    def exists(self, path: Path) -> bool: ...
    def lock(self, fd: int) -> bool: ...


class RealFileSystem:
    """The operating system itself. Files are for their owner only."""

    def open(self, path: Path, flags: int) -> int:
        return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)

    def close(self, fd: int) -> None:
        os.close(fd)

    def read(self, fd: int, count: int, offset: int) -> bytes:
        return os.pread(fd, count, offset)

    def write(self, fd: int, data: bytes, offset: int) -> int:
        return os.pwrite(fd, data, offset)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def size(self, fd: int) -> int:
        return os.fstat(fd).st_size

    def sync(self, fd: int) -> None:
        os.fsync(fd)

    def sync_data(self, fd: int) -> None:
        os.fdatasync(fd)

    def sync_directory(self, path: Path) -> None:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def rename(self, source: Path, target: Path) -> None:
        source.rename(target)

    def unlink(self, path: Path) -> None:
        path.unlink()

    def make_directory(self, path: Path) -> None:
        path.mkdir(mode=DIRECTORY_MODE)

    def remove_directory(self, path: Path) -> None:
        path.rmdir()

    def names(self, path: Path) -> list[str]:
        return [entry.name for entry in path.iterdir()]

    def exists(self, path: Path) -> bool:
        return path.exists()

    def lock(self, fd: int) -> bool:
        """Take the exclusive lock on ``fd`` without waiting; False when somebody else holds it."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


REAL = RealFileSystem()


def read_all(fs: FileSystem, path: Path, offset: int = 0, limit: int | None = None) -> bytes:
    """The bytes of ``path`` from ``offset`` to its end, or at most ``limit`` of them."""
    fd = fs.open(path, os.O_RDONLY)
    try:
        parts: list[bytes] = []
        remaining = fs.size(fd) - offset
        if limit is not None:
            remaining = min(remaining, limit)
        while remaining > 0:
            part = fs.read(fd, remaining, offset)
            if not part:
                break
            parts.append(part)
            offset += len(part)
            remaining -= len(part)
        return b"".join(parts)
    finally:
        fs.close(fd)


def write_all(fs: FileSystem, fd: int, data: bytes, offset: int) -> None:
    """Write ``data`` at ``offset``. A short write is carried on with; a failed one is raised, never repeated."""
    while data:
        written = fs.write(fd, data, offset)
        if written <= 0:
            raise OSError(5, "the disk accepted none of the data")
        data = data[written:]
        offset += written


def write_durably(fs: FileSystem, path: Path, data: bytes) -> None:
    """Put a whole file in place so that after a power loss it is there entirely or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    fd = fs.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        try:
            write_all(fs, fd, data, 0)
            fs.sync(fd)
        finally:
            fs.close(fd)
        fs.rename(temporary, path)
    except OSError:
        with suppress(OSError):
            fs.unlink(temporary)
        raise
    fs.sync_directory(path.parent)


def make_directories(fs: FileSystem, path: Path) -> None:
    """Create ``path`` and what is missing above it, so that a power loss leaves it there.

    Each folder is made durable in its parent before the next is made in it. So after a death in between, only the
    deepest folder that exists can be in doubt, and that one is synced again.
    """
    missing: list[Path] = []
    while not fs.exists(path):
        missing.append(path)
        path = path.parent
    if path != path.parent:
        with suppress(PermissionError):  # a folder above ours that we may enter but not read
            fs.sync_directory(path.parent)
    for folder in reversed(missing):
        with suppress(FileExistsError):
            fs.make_directory(folder)
        try:
            fs.sync_directory(folder.parent)
        except OSError:
            with suppress(OSError):  # or it would be built on, and a second sync would prove nothing
                fs.remove_directory(folder)
            raise
