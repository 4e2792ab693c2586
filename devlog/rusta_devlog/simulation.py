"""A disk in memory that fills up, fails, and loses power: for testing anything built on :class:`FileSystem`.

The model is unkind within what disks and file systems really do:

* Until a file is synced, a power loss leaves each changed sector (512 bytes) old, new, zeroed or garbage, and the size
  old, new or between.
* Until a folder is synced, any of its pending changes may be lost while later ones survive.
* After a *failed* sync nothing more of it will be written, though it reads as if it had been; a later sync succeeds and
  does nothing for it.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass(slots=True)
class _File:
    cache: bytearray = field(default_factory=bytearray)
    disk: bytearray = field(default_factory=bytearray)
    changed: set[int] = field(default_factory=set)  # sectors
    lost: set[int] = field(default_factory=set)  # sectors that a failed sync called clean


@dataclass(slots=True)
class _Folder:
    entries: dict[str, _File | _Folder] = field(default_factory=dict)
    durable: dict[str, _File | _Folder] = field(default_factory=dict)
    pending: list[dict[str, _File | _Folder | None]] = field(default_factory=list)
    lost: list[dict[str, _File | _Folder | None]] = field(default_factory=list)

    def change(self, change: dict[str, _File | _Folder | None]) -> None:
        _apply(self.entries, change)
        self.pending.append(change)


def _apply(entries: dict[str, _File | _Folder], change: dict[str, _File | _Folder | None]) -> None:
    for name, node in change.items():
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


class Killed(BaseException):
    """The simulated process died inside a call. Follow it with :meth:`SimulatedDisk.kill`."""


def _nothing(_name: str) -> None:
    return None


class SimulatedDisk:
    """A :class:`FileSystem`. ``before`` is called with the name of every call that can fail, before it takes effect;
    an OSError it raises is the call's failure (a failing ``write`` may first have written a part)."""

    def __init__(self, seed: int = 0, capacity: int | None = None) -> None:
        self.random = random.Random(seed)
        self.capacity = capacity
        self.calls = 0
        self.before: Callable[[str], None] = _nothing
        self._root = _Folder()
        self._open: dict[int, _File] = {}
        self._next_fd = 100
        self._locked: dict[int, _File] = {}

    def fail_at(self, call: int, code: int = errno.EIO) -> None:
        """Make the ``call``-th of the following calls fail, once."""
        target = self.calls + call

        def check(_name: str) -> None:
            if self.calls == target:
                raise OSError(code, os.strerror(code))

        self.before = check

    def kill_at(self, call: int) -> None:
        """Make the process die (:class:`Killed`) at the ``call``-th of the following calls."""
        target = self.calls + call

        def check(_name: str) -> None:
            if self.calls == target:
                raise Killed

        self.before = check

    def heal(self) -> None:
        """Nothing is going to fail any more."""
        self.before = _nothing

    def content(self, path: Path) -> bytes:
        """What a read of the file gives."""
        node = self._folder(path.parent).entries[path.name]
        return bytes(node.cache) if isinstance(node, _File) else b""

    def put(self, path: Path, content: bytes) -> None:
        """Make ``content`` the file's, durably and without the log's doing: damage, or a copy."""
        folder = self._folder(path.parent)
        folder.entries[path.name] = folder.durable[path.name] = _File(bytearray(content), bytearray(content))

    def remove(self, path: Path) -> None:
        """Take the file away, durably."""
        folder = self._folder(path.parent)
        folder.entries.pop(path.name, None)
        folder.durable.pop(path.name, None)

    def lose_power(self) -> None:
        """Everything in memory is gone; what is on the disk is decided by the model. Open files are closed."""
        self._open.clear()
        self._locked.clear()
        self._crash_folder(self._root)

    def open(self, path: Path, flags: int) -> int:
        folder = self._folder(path.parent)
        node = folder.entries.get(path.name)
        if node is None:
            if not flags & os.O_CREAT:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
            self._count("open")
            node = _File()
            folder.change({path.name: node})
        if isinstance(node, _Folder):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if flags & os.O_TRUNC:
            self._resize(node, 0)
        self._next_fd += 1
        self._open[self._next_fd] = node
        return self._next_fd

    def close(self, fd: int) -> None:
        self._locked.pop(fd, None)
        del self._open[fd]

    def read(self, fd: int, count: int, offset: int) -> bytes:
        return bytes(self._open[fd].cache[offset : offset + count])

    def write(self, fd: int, data: bytes, offset: int) -> int:
        file = self._open[fd]
        try:
            self._count("write")
        except OSError:
            self._put(file, data[: self.random.randrange(len(data) + 1)], offset)
            raise
        if self.capacity is not None:
            room = self.capacity - self._used() + max(len(file.cache) - offset, 0)
            if room <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            data = data[:room]
        if len(data) > 1 and self.random.random() < 0.1:
            data = data[: self.random.randrange(1, len(data))]  # a short write is not an error
        self._put(file, data, offset)
        return len(data)

    def truncate(self, fd: int, size: int) -> None:
        self._count("truncate")
        self._resize(self._open[fd], size)

    def size(self, fd: int) -> int:
        return len(self._open[fd].cache)

    def sync(self, fd: int) -> None:
        file = self._open[fd]
        try:
            self._count("sync")
        except OSError:
            file.lost |= file.changed
            file.changed.clear()
            raise
        self._write_back(file)

    def sync_data(self, fd: int) -> None:
        self.sync(fd)

    def sync_directory(self, path: Path) -> None:
        folder = self._folder(path)
        try:
            self._count("sync_directory")
        except OSError:
            folder.lost += folder.pending
            folder.pending.clear()
            raise
        for change in folder.pending:
            _apply(folder.durable, change)
            for older in folder.lost:  # what is durable now is not undone by what came before it
                for name in change:
                    older.pop(name, None)
        folder.pending.clear()

    def rename(self, source: Path, target: Path) -> None:
        folder = self._folder(source.parent)
        if source.name not in folder.entries:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(source))
        self._count("rename")
        folder.change({target.name: folder.entries[source.name], source.name: None})

    def unlink(self, path: Path) -> None:
        folder = self._folder(path.parent)
        if path.name not in folder.entries:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        self._count("unlink")
        folder.change({path.name: None})

    def make_directory(self, path: Path) -> None:
        folder = self._folder(path.parent)
        if path.name in folder.entries:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        self._count("make_directory")
        folder.change({path.name: _Folder()})

    def remove_directory(self, path: Path) -> None:
        folder = self._folder(path)
        if folder.entries:
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(path))
        self._count("remove_directory")
        self._folder(path.parent).change({path.name: None})

    def names(self, path: Path) -> list[str]:
        return list(self._folder(path).entries)

    def exists(self, path: Path) -> bool:
        try:
            return path.parent == path or path.name in self._folder(path.parent).entries
        except FileNotFoundError:
            return False

    def lock(self, fd: int) -> bool:
        file = self._open[fd]
        if any(held is file for held in self._locked.values()):
            return False
        self._locked[fd] = file
        return True

    def kill(self) -> None:
        """The process dies: its files are closed and its locks given back; memory of the system stays."""
        self._open.clear()
        self._locked.clear()

    def _count(self, name: str) -> None:
        self.calls += 1
        self.before(name)

    def _folder(self, path: Path) -> _Folder:
        node: _File | _Folder | None = self._root
        for part in path.parts[1:]:
            node = node.entries.get(part) if isinstance(node, _Folder) else None
        if not isinstance(node, _Folder):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return node

    def _put(self, file: _File, data: bytes, offset: int) -> None:
        if not data:
            return
        if len(file.cache) < offset:
            self._resize(file, offset)
        file.cache[offset : offset + len(data)] = data
        file.changed.update(range(offset // SECTOR, -(-(offset + len(data)) // SECTOR)))

    def _resize(self, file: _File, size: int) -> None:
        old = len(file.cache)
        if size < old:
            del file.cache[size:]
        else:
            file.cache.extend(bytes(size - old))
        if size != old and min(size, old) % SECTOR:
            file.changed.add(min(size, old) // SECTOR)

    def _write_back(self, file: _File) -> None:
        if len(file.disk) > len(file.cache):
            del file.disk[len(file.cache) :]
        file.disk.extend(bytes(len(file.cache) - len(file.disk)))
        for sector in file.changed:
            at = slice(sector * SECTOR, (sector + 1) * SECTOR)
            file.disk[at] = file.cache[at]
        file.lost -= file.changed
        file.changed.clear()

    def _used(self) -> int:
        def count(folder: _Folder) -> int:
            return sum(
                count(node) if isinstance(node, _Folder) else len(node.cache) for node in folder.entries.values()
            )

        return count(self._root)

    def _crash_folder(self, folder: _Folder) -> None:
        for change in [*folder.lost, *folder.pending]:
            if self.random.random() < 0.5:
                _apply(folder.durable, change)
        folder.pending.clear()
        folder.lost.clear()
        folder.entries = dict(folder.durable)
        for node in folder.entries.values():
            if isinstance(node, _Folder):
                self._crash_folder(node)
            else:
                self._crash_file(node)

    def _crash_file(self, file: _File) -> None:
        old, new = len(file.disk), len(file.cache)
        if file.changed or file.lost or old != new:
            low, high = min(old, new), max(old, new)
            size = self.random.choice((old, new, self.random.randint(low, high)))
            content = bytearray(file.disk[:size].ljust(size, b"\0"))
            for sector in sorted(file.changed | file.lost):
                self._crash_sector(file, content, slice(sector * SECTOR, (sector + 1) * SECTOR))
            file.disk = content[:size]
        file.changed.clear()
        file.lost.clear()
        file.cache = bytearray(file.disk)

    def _crash_sector(self, file: _File, content: bytearray, at: slice) -> None:
        length = len(content[at])
        fate = self.random.randrange(4)
        if fate == 1:
            content[at] = bytes(file.cache[at])[:length].ljust(length, b"\0")
        elif fate == 2:
            content[at] = bytes(length)
        elif fate == 3:
            content[at] = self.random.randbytes(length)
