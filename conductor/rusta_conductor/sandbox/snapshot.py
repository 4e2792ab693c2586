"""A manifest of a tree on the host: what "the tree changed" is judged by.

Links are recorded by their text and never followed; sockets, FIFOs and devices are refused.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rusta_conductor.sandbox.errors import SandboxError
from rusta_conductor.sandbox.folder import Folder, read_chunks, split

RACY_NS = 2_000_000_000  # a file written this shortly before a look may change within its time stamp


@dataclass(frozen=True)
class FileRecord:
    """One file or link. kind: "file" or "link"; sha256 is of the content or of the link's text."""

    kind: str
    sha256: str
    size: int
    mode: int
    mtime_ns: int
    inode: int
    ctime_ns: int


@dataclass(frozen=True)
class TreeSnapshot:
    """Path → record, for a root without its hidden names. taken_ns: when the look began."""

    root: Path
    hidden: tuple[str, ...]
    files: Mapping[str, FileRecord] = field(repr=False)
    taken_ns: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted manifest: kind, mode, content hash and path of each file."""
        total = hashlib.sha256()
        for path in sorted(self.files):
            record = self.files[path]
            total.update(f"{record.kind} {record.mode:o} {record.sha256} ".encode())
            total.update(os.fsencode(path) + b"\0")
        return total.hexdigest()

    def difference(self, later: TreeSnapshot) -> tuple[str, ...]:
        """Paths whose content, kind or mode differ between the two, sorted."""
        return tuple(
            path
            for path in sorted(self.files.keys() | later.files.keys())
            if _identity(self.files.get(path)) != _identity(later.files.get(path))
        )


def snapshot(root: Path, hidden: Iterable[str] = (), previous: TreeSnapshot | None = None) -> TreeSnapshot:
    """Look at a tree. Files whose size, times and inode are as in previous are not read again.

    Raises SandboxError for something unreadable or for a socket, FIFO or device in the tree.
    """
    hidden = tuple(hidden)
    skip = frozenset(split(name.rstrip("/")) for name in hidden)
    taken = time.time_ns()
    known = previous.files if previous is not None else {}
    safe_before = previous.taken_ns - RACY_NS if previous is not None else 0
    files: dict[str, FileRecord] = {}
    with Folder(root) as folder:
        for parts, status in folder.walk(skip=skip):
            if stat.S_ISDIR(status.st_mode):
                continue
            name = "/".join(parts)
            old = known.get(name)
            if old is not None and _unchanged(old, status, safe_before):
                files[name] = old
                continue
            files[name] = _record(folder, parts, status)
    return TreeSnapshot(root, hidden, files, taken)


def _record(folder: Folder, parts: tuple[str, ...], status: os.stat_result) -> FileRecord:
    where = folder.path.joinpath(*parts)
    try:
        if stat.S_ISLNK(status.st_mode):
            kind, total = "link", hashlib.sha256(os.fsencode(folder.readlink(parts)))
        elif stat.S_ISREG(status.st_mode):
            kind, total = "file", hashlib.sha256()
            fd = folder.open_file(parts)
            status = os.fstat(fd)  # of what is read, should the name be replaced meanwhile
            for chunk in read_chunks(fd):
                total.update(chunk)
        else:
            raise SandboxError(
                f"{where} is a socket, FIFO or device; such a tree cannot be copied or compared. "
                "Remove it, or move it out of the tree"
            )
    except OSError as error:
        raise SandboxError(f"cannot read {where}: {error.strerror}; make it readable") from error
    return FileRecord(
        kind,
        total.hexdigest(),
        status.st_size,
        stat.S_IMODE(status.st_mode),
        status.st_mtime_ns,
        status.st_ino,
        status.st_ctime_ns,
    )


def _unchanged(old: FileRecord, status: os.stat_result, safe_before: int) -> bool:
    return (old.size, old.mtime_ns, old.inode, old.ctime_ns, old.mode) == (
        status.st_size,
        status.st_mtime_ns,
        status.st_ino,
        status.st_ctime_ns,
        stat.S_IMODE(status.st_mode),
    ) and old.ctime_ns < safe_before


def _identity(record: FileRecord | None) -> tuple[str, str, int] | None:
    return None if record is None else (record.kind, record.sha256, record.mode)
