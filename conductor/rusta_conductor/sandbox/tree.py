"""The private tree of a sandbox: what it holds, how it differs from the base, how to change it.

`Tree` is what overlay and copy have in common. Both answer "which paths could differ from the
base?" cheaply (`candidates`); everything else compares content. A file that is written always
gets a modification time later than any time this tree has given out before and later than the
one the file had, because build tools judge freshness by it.
"""

from __future__ import annotations

import abc
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from rusta_conductor.sandbox.errors import SandboxError, SandboxRefused
from rusta_conductor.sandbox.folder import CHUNK, Folder, read_chunks, split
from rusta_conductor.sandbox.model import MIB

Parts = tuple[str, ...]
CHANGES_MAX_BYTES = 256 * MIB
ROUNDS_MAX = 5


class Wanted:
    """What the tree shall hold beside the base: files by path, None for removed ones."""

    def __init__(self, data: Mapping[Parts, bytes | None]) -> None:
        self.data = data
        self._files = {parts for parts, content in data.items() if content is not None}
        self.folders = {parts[:depth] for parts in self._files for depth in range(1, len(parts))}
        clash = self._files & self.folders
        if clash:
            raise SandboxRefused(f"{'/'.join(min(clash))!r} is asked to be a file and a folder at once")

    def covered(self, parts: Parts) -> bool:
        """A wanted file stands where a folder above parts would have to be."""
        return any(parts[:depth] in self._files for depth in range(1, len(parts)))


BASE = Wanted({})


class Tree(abc.ABC):
    """A base folder (never written) and a private view of it."""

    def __init__(self, base: Path, hidden: Iterable[str]) -> None:
        self.base = Folder(base)
        self.hidden = frozenset(split(name.rstrip("/")) for name in hidden)
        self.dirty: set[str] = set()  # paths a build may have seen with other content or times
        self._last_ns = 0
        self._known: set[Parts] = set()
        self._unsettled = self._untidy = False

    def close(self) -> None:
        """Release descriptors; the folders stay."""
        self.base.close()

    # what a rung supplies -----------------------------------------------------------------

    @abc.abstractmethod
    def scan(self) -> set[Parts]:
        """Every path that may differ from the base, by a look at the private folder."""

    @abc.abstractmethod
    def locate(self, parts: Parts) -> tuple[Folder, os.stat_result] | None:
        """The folder that holds what the tree shows at parts, and its status; None: nothing."""

    @abc.abstractmethod
    def put(self, parts: Parts, chunks: Iterator[bytes], mode: int, mtime_ns: int) -> None:
        """Show a regular file at parts."""

    @abc.abstractmethod
    def drop(self, parts: Parts) -> None:
        """Show nothing at parts."""

    @abc.abstractmethod
    def restore_odd(self, parts: Parts) -> None:
        """Show at parts what the base has there, something other than a regular file."""

    @abc.abstractmethod
    def tidy(self, keep: Set[Parts]) -> None:
        """Bring folders back: those only a command made go, unless they are in keep, with all
        they hold; modes return to the base's."""

    # what everyone gets -------------------------------------------------------------------

    def unsettle(self) -> None:
        """Say that a command may have written anything anywhere; the next question looks anew."""
        self._unsettled = self._untidy = True

    def candidates(self) -> set[Parts]:
        """Every path, not a folder, that may differ from the base."""
        if self._unsettled:
            self._known = self.scan()
            self.dirty.update("/".join(parts) for parts in self._known)
            self._unsettled = False
        return set(self._known)

    def set_tree(self, overrides: Mapping[str, bytes | None]) -> tuple[str, ...]:
        """Make the tree equal base + overrides (None: no such file); returns the changed paths."""
        wanted = Wanted({self._checked(path): data for path, data in overrides.items()})
        concerned = self.candidates() | self._concerned(wanted)
        changed: set[Parts] = set()
        # a second round is needed where a removed file or folder let the base show through
        for _ in range(ROUNDS_MAX):
            stale = [parts for parts in concerned if not self._as_wanted(parts, wanted, modes=True)]
            if not stale and not self._untidy:
                return tuple(sorted("/".join(parts) for parts in changed))
            changed.update(stale)
            self._bring(stale, wanted)
        raise SandboxError(f"the tree of {self.base.path} does not settle; is something else writing to it?")

    def _bring(self, stale: list[Parts], wanted: Wanted) -> None:
        """Bring the named paths to what is wanted, then the folders."""
        # removals first: a file may stand where a folder is wanted
        stale.sort(key=lambda parts: (not self._absent(parts, wanted), parts))
        self._known.update(stale)
        self.dirty.update("/".join(parts) for parts in stale)
        times = {parts: self._fresh_ns(parts) for parts in stale}
        for parts in stale:
            self._apply(parts, wanted, times[parts])
        if self._untidy:
            self.tidy(wanted.folders)
            self._untidy = False

    def changes(self, max_bytes: int = CHANGES_MAX_BYTES) -> dict[str, bytes | None]:
        """Files that differ from the base, by content; None: gone, or no longer a regular file."""
        result: dict[str, bytes | None] = {}
        total = 0
        for parts in sorted(self.candidates()):
            if self._as_wanted(parts, BASE):
                continue
            found = self.locate(parts)
            name = "/".join(parts)
            if found is not None and stat.S_ISREG(found[1].st_mode):
                total += found[1].st_size
                if total > max_bytes:
                    raise SandboxError(
                        f"the changed files are larger than {max_bytes} bytes together "
                        f"(at {name!r}); reset the sandbox, or look at the files one by one"
                    )
                result[name] = b"".join(read_chunks(found[0].open_file(parts)))
            elif self.base.lstat(parts) is not None:
                result[name] = None
        return result

    def irregular(self) -> tuple[str, ...]:
        """Paths where a command left something that is no regular file: a link, FIFO, socket."""
        names = []
        for parts in sorted(self.candidates()):
            found = self.locate(parts)
            if found is None or stat.S_IFMT(found[1].st_mode) in (stat.S_IFREG, stat.S_IFDIR):
                continue
            if not self._same_odd(parts, found):
                names.append("/".join(parts))
        return tuple(names)

    def touch(self, paths: Iterable[str]) -> None:
        """Give existing files fresh modification times."""
        for path in paths:
            parts = self._checked(path)
            found = self.locate(parts)
            if found is None or not stat.S_ISREG(found[1].st_mode):
                raise SandboxError(f"cannot touch {path!r}: there is no such file in the tree")
            self.dirty.add(path)
            self._known.add(parts)
            fd = found[0].open_file(parts)
            self.put(parts, read_chunks(fd), found[1].st_mode, self._fresh_ns(parts))

    def retime(self, path: str, mtime_ns: int) -> None:
        """Show an unchanged base file with a time it had here before."""
        parts = split(path)
        self.dirty.add(path)
        self._known.add(parts)
        status = self.base.lstat(parts)
        if status is not None:
            self._last_ns = max(self._last_ns, mtime_ns)
            self.put(parts, read_chunks(self.base.open_file(parts)), status.st_mode, mtime_ns)

    def differing(self, paths: Iterable[str]) -> set[str]:
        """Those of the paths whose content is not the base's."""
        return {path for path in paths if not self._as_wanted(tuple(path.split("/")), BASE)}

    def read(self, path: str, max_bytes: int = CHANGES_MAX_BYTES) -> bytes:
        """Content of a file; links are followed as long as they stay inside the tree."""
        parts = self.resolve(path)
        found = self.locate(parts)
        if found is None:
            raise SandboxError(f"there is no file {path!r} in the tree {self.base.path}")
        if not stat.S_ISREG(found[1].st_mode):
            raise SandboxError(f"{path!r} in the tree {self.base.path} is not a regular file")
        if found[1].st_size > max_bytes:
            raise SandboxError(f"{path!r} has {found[1].st_size} bytes, more than {max_bytes}; it is not read")
        return b"".join(read_chunks(found[0].open_file(parts)))

    def resolve(self, path: str) -> Parts:
        """Path with links inside the tree followed. SandboxRefused when one leads out."""
        todo = list(split(path))[::-1]
        done: list[str] = []
        links = 0
        while todo:
            name = todo.pop()
            if name == "..":
                if not done:
                    raise SandboxRefused(f"{path!r} leads out of the tree through a link")
                done.pop()
                continue
            parts = (*done, name)
            found = self.locate(parts)
            if found is None or not stat.S_ISLNK(found[1].st_mode):
                done.append(name)
                continue
            links += 1
            target = found[0].readlink(parts)
            if links > 16 or target.startswith("/"):
                raise SandboxRefused(f"{path!r} leads out of the tree through the link {target!r}")
            todo.extend(p for p in reversed(target.split("/")) if p not in ("", "."))
        return tuple(done)

    def files(self) -> Iterator[tuple[Parts, os.stat_result]]:
        """Regular files of the base that belong to the tree."""
        for parts, status in self.base.walk(skip=self.hidden):
            if stat.S_ISREG(status.st_mode):
                yield parts, status

    # inside -------------------------------------------------------------------------------

    def _checked(self, path: str) -> Parts:
        parts = split(path)
        for depth in range(1, len(parts) + 1):
            if parts[:depth] in self.hidden:
                raise SandboxRefused(f"{path!r} lies under a hidden name; it is not in the tree")
            status = self.base.lstat(parts[:depth])
            if status is not None and stat.S_ISLNK(status.st_mode):
                target = self.base.readlink(parts[:depth])
                raise SandboxRefused(
                    f"{'/'.join(parts[:depth])!r} is a link to {target!r}; name the file it leads to, inside the tree"
                )
        return parts

    def _concerned(self, wanted: Wanted) -> set[Parts]:
        """Paths the overrides name, and base files that must make room for them."""
        result = set(wanted.data)
        for parts, data in wanted.data.items():
            if data is None:
                continue
            status = self.base.lstat(parts)
            if status is not None and stat.S_ISDIR(status.st_mode):
                result.update(self._base_files(parts))
        for folder in wanted.folders:
            status = self.base.lstat(folder)
            if status is not None and not stat.S_ISDIR(status.st_mode):
                result.add(folder)
        return result

    def _base_files(self, start: Parts) -> Iterator[Parts]:
        for parts, status in self.base.walk(start, self.hidden):
            if not stat.S_ISDIR(status.st_mode):
                yield parts

    def _absent(self, parts: Parts, wanted: Wanted) -> bool:
        if parts in wanted.data:
            return wanted.data[parts] is None
        if parts in wanted.folders or wanted.covered(parts):
            return True
        status = self.base.lstat(parts)
        return status is None or not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode))

    def _as_wanted(self, parts: Parts, wanted: Wanted, *, modes: bool = False) -> bool:
        """Whether the tree shows the wanted content, and with modes also the wanted mode."""
        found = self.locate(parts)
        status = self.base.lstat(parts)
        absent = self._absent(parts, wanted)
        if found is not None and stat.S_ISDIR(found[1].st_mode):
            if absent and status is not None and not stat.S_ISDIR(status.st_mode):
                return parts in wanted.folders  # else the base's file would show when it goes
            found = None
        if absent or found is None:
            return absent and found is None
        data = wanted.data.get(parts)
        if modes and stat.S_ISREG(found[1].st_mode) and _mode(found[1]) != _mode(status):
            return False
        if data is None:
            if found[0] is self.base or status is None:
                return status is not None
            if not stat.S_ISREG(status.st_mode):
                return self._same_odd(parts, found)
            return _same_file(found, (self.base, status), parts)
        if not stat.S_ISREG(found[1].st_mode) or found[1].st_size != len(data):
            return False
        return b"".join(read_chunks(found[0].open_file(parts))) == data

    def _same_odd(self, parts: Parts, found: tuple[Folder, os.stat_result]) -> bool:
        status = self.base.lstat(parts)
        if status is None or stat.S_IFMT(status.st_mode) != stat.S_IFMT(found[1].st_mode):
            return False
        if stat.S_ISLNK(status.st_mode):
            return found[0].readlink(parts) == self.base.readlink(parts)
        return True

    def _apply(self, parts: Parts, wanted: Wanted, mtime_ns: int) -> None:
        if self._absent(parts, wanted):
            self.drop(parts)
            self._untidy = True
            return
        status = self.base.lstat(parts)
        mode = _mode(status)
        data = wanted.data.get(parts)
        if data is not None:
            self.put(parts, iter((data,)), mode, mtime_ns)
        elif status is not None and stat.S_ISREG(status.st_mode):
            self.put(parts, read_chunks(self.base.open_file(parts)), mode, mtime_ns)
        else:
            self.restore_odd(parts)

    def _fresh_ns(self, parts: Parts) -> int:
        """Now, but later than every time given out before and than the file's own."""
        found = self.locate(parts)
        own = 0 if found is None else found[1].st_mtime_ns
        base = self.base.lstat(parts)
        earlier = max(self._last_ns, own, 0 if base is None else base.st_mtime_ns)
        self._last_ns = max(time.time_ns(), earlier + 1)
        return self._last_ns


def _mode(base: os.stat_result | None) -> int:
    """A file's permission bits; for a file the base does not have, the usual ones."""
    regular = base is not None and stat.S_ISREG(base.st_mode)
    return base.st_mode & 0o777 if base is not None and regular else 0o644


def _same_file(one: tuple[Folder, os.stat_result], other: tuple[Folder, os.stat_result], parts: Parts) -> bool:
    if not stat.S_ISREG(one[1].st_mode) or one[1].st_size != other[1].st_size:
        return False
    first, second = one[0].open_file(parts), other[0].open_file(parts)
    try:
        while True:
            a, b = _read_full(first), _read_full(second)
            if a != b:
                return False
            if not a:
                return True
    finally:
        os.close(first)
        os.close(second)


def _read_full(fd: int) -> bytes:
    pieces = []
    missing = CHUNK
    while missing and (piece := os.read(fd, missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
