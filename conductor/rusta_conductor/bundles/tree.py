"""A tree of files, reached only through descriptors below its root: no symbolic link is ever followed.

Between looking and changing, somebody may put a link where a folder was. Walking with ``O_NOFOLLOW`` from the root's
own descriptor makes that harmless: the walk fails instead of leaving the tree.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rusta_conductor.bundles import steps
from rusta_conductor.bundles.errors import BundleRefused

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Found:
    """What is at a path: a file with its bytes, nothing (``data`` None, ``obstacle`` empty), or an obstacle."""

    data: bytes | None = None
    mode: int = 0
    uid: int = 0
    gid: int = 0
    obstacle: str = ""

    @property
    def sha256(self) -> str | None:
        return None if self.data is None else hashlib.sha256(self.data).hexdigest()


class Tree:
    """The files below ``root``. Use it as a context manager: it holds the root open.

    Raises:
        BundleRefused: there is no such folder.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).resolve()
        try:
            os.fspath(self.root).encode("utf-8")
        except UnicodeEncodeError:
            raise BundleRefused(f"the tree's path {str(self.root)!r} is not UTF-8; rename the folder") from None
        try:
            self._fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            why = "is not there" if error.errno == errno.ENOENT else f"cannot be used: {error.strerror}"
            raise BundleRefused(
                f"the tree {self.root} {why}; if it was moved, give its new place with --root PATH"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        os.close(self._fd)

    def look(self, path: str) -> Found:
        """What is at ``path`` (normalised, relative). Never raises for what it finds there."""
        try:
            with self._parent(path) as (folder, name):
                return _look(folder, name)
        except FileNotFoundError:
            return Found()
        except _Blocked as blocked:
            return Found(obstacle=str(blocked))
        except OSError as error:
            return Found(obstacle=f"cannot be read: {error.strerror}")

    def read_only(self, path: str) -> str:
        """Why the file at ``path`` may not be replaced by its permissions, or an empty text.

        The bits are asked, not the system: the superuser may write everything, and should not here.
        """
        found = self.look(path)
        if found.data is not None and not found.mode & 0o222:
            return f"is read-only (mode {found.mode:03o}); 'chmod u+w' it"
        try:
            with self._parent(path) as (folder, _):
                mode = stat.S_IMODE(os.fstat(folder).st_mode)
                if not mode & 0o222:
                    return f"lies in a read-only folder (mode {mode:03o}); 'chmod u+w' that"
        except OSError:
            return ""  # a folder that is missing is made; anything else look() has told
        return ""

    def missing_folders(self, path: str) -> list[str]:
        """The folders above ``path`` that are not there, outermost first."""
        parts = path.split("/")[:-1]
        for depth in range(len(parts) + 1):
            try:
                with self._folder(parts[:depth]):
                    pass
            except FileNotFoundError:
                return ["/".join(parts[:end]) for end in range(depth, len(parts) + 1)]
        return []

    def make_folder(self, path: str) -> None:
        """Make a folder unless it is there; durable when this returns."""
        with self._parent(path) as (folder, name):
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, dir_fd=folder)
            steps.reached(f"folder {path} made")
            os.fsync(folder)

    def remove_folder(self, path: str) -> None:
        """Remove a folder if it is there and empty."""
        try:
            with self._parent(path) as (folder, name):
                os.rmdir(name, dir_fd=folder)
                steps.reached(f"folder {path} removed")
                os.fsync(folder)
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise

    def write_beside(self, path: str, beside: str, data: bytes, like: Found | None) -> None:
        """Put ``data`` durably into a file called ``beside`` in the folder of ``path``.

        Args:
            like: gives mode and owner; None takes what a new file has.
        """
        with self._parent(path) as (folder, _):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside, dir_fd=folder)
            fd = os.open(beside, flags, 0o666 if like is None else 0o600, dir_fd=folder)
            steps.reached(f"{path}: new file begun")
            with os.fdopen(fd, "wb") as file:
                if like is not None:
                    _dress(file.fileno(), like)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        steps.reached(f"{path}: new file written")

    def move_over(self, path: str, beside: str) -> None:
        """Rename ``beside`` to ``path``, in one step for everybody who looks."""
        with self._parent(path) as (folder, name):
            os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
            steps.reached(f"{path}: replaced")

    def remove(self, path: str) -> None:
        """Remove a file if it is there."""
        try:
            with self._parent(path) as (folder, name), contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
                steps.reached(f"{path}: removed")
        except FileNotFoundError:
            return

    def sync_folder_of(self, path: str) -> None:
        """Make what happened in the folder of ``path`` durable, if the folder is there."""
        with contextlib.suppress(FileNotFoundError), self._parent(path) as (folder, _):
            os.fsync(folder)

    @contextlib.contextmanager
    def _parent(self, path: str) -> Iterator[tuple[int, str]]:
        *parts, name = path.split("/")
        with self._folder(parts) as folder:
            yield folder, name

    @contextlib.contextmanager
    def _folder(self, parts: list[str]) -> Iterator[int]:
        fd = os.dup(self._fd)
        try:
            for depth, part in enumerate(parts, 1):
                try:
                    inner = os.open(part, _FOLDER, dir_fd=fd)
                except OSError as error:
                    if error.errno in (errno.ENOTDIR, errno.ELOOP):
                        raise _blocked(fd, part, "/".join(parts[:depth])) from None
                    raise
                os.close(fd)
                fd = inner
            yield fd
        finally:
            os.close(fd)


class _Blocked(OSError):
    """A part of the way is not a folder of this tree."""


def _blocked(folder: int, name: str, shown: str) -> _Blocked:
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    what = "is a symbolic link" if stat.S_ISLNK(mode) else "is not a folder"
    return _Blocked(f"lies behind {shown!r}, which {what}")


def _look(folder: int, name: str) -> Found:
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return Found(obstacle="is a symbolic link")
    if not stat.S_ISREG(mode):
        return Found(obstacle="is a folder" if stat.S_ISDIR(mode) else "is not a regular file")
    # Without O_NONBLOCK, a pipe put there in this moment would hang the program.
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(fd, "rb") as file:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            return Found(obstacle="is not a regular file")
        return Found(file.read(), stat.S_IMODE(about.st_mode), about.st_uid, about.st_gid)


def _dress(fd: int, like: Found) -> None:
    about = os.fstat(fd)
    if (about.st_uid, about.st_gid) != (like.uid, like.gid):
        try:
            os.fchown(fd, like.uid, like.gid)
        except PermissionError as error:
            owner = f"user {like.uid}, group {like.gid}"
            raise PermissionError(
                error.errno, f"the file belongs to {owner}, and a new one cannot be given to them"
            ) from None
    os.fchmod(fd, like.mode)
