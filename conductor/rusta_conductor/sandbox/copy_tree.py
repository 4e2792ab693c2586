"""The private tree as a copy of the base: rungs bwrap-copy and landlock."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from rusta_conductor.sandbox.folder import CHUNK, Folder, empty_path, open_directory, remove_entry
from rusta_conductor.sandbox.tree import Parts, Tree

Signature = tuple[int, int, int, int]


class CopyTree(Tree):
    """A full copy; a file whose status is as laid is known to be unchanged (ctime cannot be set)."""

    def __init__(self, base: Path, place: Path, hidden: Iterable[str]) -> None:
        super().__init__(base, hidden)
        empty_path(place)
        self.copy = Folder(place, repair=True)
        self._laid: dict[Parts, Signature] = {}
        self._lay()

    def close(self) -> None:
        super().close()
        self.copy.close()

    def scan(self) -> set[Parts]:
        missing = dict(self._laid)
        result = set(self._displaced)
        for parts, status in self.copy.walk(skip=self.hidden):
            if stat.S_ISDIR(status.st_mode) or missing.pop(parts, None) == _signature(status):
                continue
            result.add(parts)
        return result | missing.keys()

    def locate(self, parts: Parts) -> tuple[Folder, os.stat_result] | None:
        status = self.copy.lstat(parts)
        return None if status is None else (self.copy, status)

    def put(self, parts: Parts, chunks: Iterator[bytes], mode: int, mtime_ns: int) -> None:
        self._laid.pop(parts, None)
        self._displaced.add(parts)
        self.copy.write(parts, chunks, mode, mtime_ns, self._make)

    def drop(self, parts: Parts) -> None:
        self._laid.pop(parts, None)
        self._displaced.add(parts)
        self.copy.remove(parts)

    def restore_odd(self, parts: Parts) -> None:
        self.copy.remove(parts)
        with self.copy.directory(parts[:-1], self._make) as parent:
            os.symlink(self.base.readlink(parts), parts[-1], dir_fd=parent)

    def tidy(self, keep: Set[Parts]) -> None:
        extra, modes = [], []
        for parts, status in self.copy.walk(skip=self.hidden):
            if not stat.S_ISDIR(status.st_mode):
                continue
            in_base = self.base.lstat(parts)
            if in_base is None or not stat.S_ISDIR(in_base.st_mode):
                extra.append(parts)
            elif stat.S_IMODE(in_base.st_mode) != stat.S_IMODE(status.st_mode):
                modes.append((parts, stat.S_IMODE(in_base.st_mode)))
        remove_extra(self.copy, extra, keep)
        for parts in self._folders:
            if self.copy.lstat(parts) is None:
                with contextlib.suppress(OSError), self.copy.directory(parts[:-1]) as parent:
                    make_folder(parent, parts[-1], self.base.lstat(parts))
        set_modes(self.copy, modes)

    def _lay(self) -> None:
        self._displaced: set[Parts] = set()
        self._folders: list[Parts] = []
        for parts, status in self.base.walk(skip=self.hidden):
            if stat.S_ISDIR(status.st_mode):
                self._folders.append(parts)
                with self.copy.directory(parts[:-1]) as parent:
                    os.mkdir(parts[-1], stat.S_IMODE(status.st_mode) | 0o700, dir_fd=parent)
            elif stat.S_ISLNK(status.st_mode):
                self.restore_odd(parts)
            elif stat.S_ISREG(status.st_mode):
                self._copy(parts, status)
            else:
                continue  # FIFOs, sockets and devices are no part of a tree
            if not stat.S_ISDIR(status.st_mode):
                laid = self.copy.lstat(parts)
                if laid is not None:
                    self._laid[parts] = _signature(laid)

    def _copy(self, parts: Parts, status: os.stat_result) -> None:
        source = self.base.open_file(parts)
        try:
            with self.copy.directory(parts[:-1]) as parent:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
                target = os.open(parts[-1], flags, 0o600, dir_fd=parent)
            try:
                copy_content(source, target)
                os.fchmod(target, status.st_mode & 0o777)
                os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
            finally:
                os.close(target)
        finally:
            os.close(source)

    def _make(self, parent: int, name: str, prefix: Parts) -> None:
        make_folder(parent, name, self.base.lstat(prefix))


def copy_content(source: int, target: int) -> None:
    """Copy an open file; the kernel shares the blocks where the file system can."""
    try:
        while os.copy_file_range(source, target, 1 << 30):
            pass
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
        while chunk := os.read(source, CHUNK):
            os.write(target, chunk)


def make_folder(parent: int, name: str, like: os.stat_result | None) -> None:
    """A folder in place of whatever is at name, with the base folder's mode where there is one."""
    with contextlib.suppress(FileNotFoundError):
        remove_entry(name, parent)
    is_folder = like is not None and stat.S_ISDIR(like.st_mode)
    os.mkdir(name, 0o755, dir_fd=parent)
    if like is not None and is_folder:
        fd = open_directory(name, parent)
        os.fchmod(fd, stat.S_IMODE(like.st_mode) & 0o777)
        os.close(fd)


def _signature(status: os.stat_result) -> Signature:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def remove_extra(folder: Folder, extra: list[Parts], keep: Set[Parts]) -> None:
    """Remove folders with all they hold, unless they are to be kept."""
    for parts in extra:
        if parts not in keep:
            folder.remove(parts)


def set_modes(folder: Folder, modes: list[tuple[Parts, int]]) -> None:
    """Set folder modes, inner folders first so that a closed outer one is no obstacle."""
    for parts, mode in reversed(modes):
        with contextlib.suppress(OSError), folder.directory(parts) as fd:
            os.fchmod(fd, mode & 0o777)
