"""The private tree as an overlay: the base below, an upper folder that is the exact change set.

The host edits the upper folder between commands, never while the overlay is mounted. Format
(kernel documentation, filesystems/overlayfs, mounted with `userxattr`): a character device 0:0
hides the lower entry of its name; a folder with user.overlay.opaque = "y" hides everything the
lower folder has; other folders merge.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from rusta_conductor.sandbox.copy_tree import make_folder, remove_extra, set_modes
from rusta_conductor.sandbox.folder import Folder, empty_path
from rusta_conductor.sandbox.tree import Parts, Tree

OPAQUE = "user.overlay.opaque"


class OverlayTree(Tree):
    """Base + upper folder."""

    def __init__(self, base: Path, upper: Path, hidden: Iterable[str]) -> None:
        super().__init__(base, hidden)
        empty_path(upper)
        root = self.base.lstat(())
        if root is not None:
            upper.chmod(stat.S_IMODE(root.st_mode) | 0o700)
        self.upper = Folder(upper, repair=True)
        for parts in sorted(self.hidden):
            if self.base.lstat(parts) is not None:
                self._hide(parts)

    def close(self) -> None:
        super().close()
        self.upper.close()

    def scan(self) -> set[Parts]:
        result = set()
        for parts, status in self.upper.walk(skip=self.hidden):
            below = self.base.lstat(parts)
            below_folder = below is not None and stat.S_ISDIR(below.st_mode)
            if not stat.S_ISDIR(status.st_mode):
                result.add(parts)
                if below_folder:
                    result.update(self._base_files(parts))
            elif below_folder:
                if self._opaque(parts):
                    result.update(self._base_files(parts))
            elif below is not None:
                result.add(parts)
        return result

    def locate(self, parts: Parts) -> tuple[Folder, os.stat_result] | None:
        cut = False
        for depth in range(1, len(parts) + 1):
            prefix = parts[:depth]
            status = self.upper.lstat(prefix)
            if status is None:
                lower = None if cut else self.base.lstat(parts)
                return None if lower is None else (self.base, lower)
            if is_whiteout(status):
                return None
            if not stat.S_ISDIR(status.st_mode):
                return (self.upper, status) if depth == len(parts) else None
            cut = cut or self._opaque(prefix)
        whole = self.upper.lstat(parts)
        return None if whole is None else (self.upper, whole)

    def put(self, parts: Parts, chunks: Iterator[bytes], mode: int, mtime_ns: int) -> None:
        self.upper.write(parts, chunks, mode, mtime_ns, self._make)

    def drop(self, parts: Parts) -> None:
        self.upper.remove(parts)
        found = self.locate(parts)
        if found is not None and not stat.S_ISDIR(found[1].st_mode):
            self._hide(parts)

    def restore_odd(self, parts: Parts) -> None:
        self.upper.remove(parts)
        if self.locate(parts) is None:
            with self.upper.directory(parts[:-1], self._make) as parent:
                os.symlink(self.base.readlink(parts), parts[-1], dir_fd=parent)

    def tidy(self, keep: Set[Parts]) -> None:
        extra, modes, opaque = [], [], []
        for parts, status in list(self.upper.walk(skip=self.hidden)):
            below = self.base.lstat(parts)
            below_folder = below is not None and stat.S_ISDIR(below.st_mode)
            if is_whiteout(status):
                if below is None or (below_folder and not any(self._base_files(parts))):
                    self.upper.remove(parts)
            elif stat.S_ISDIR(status.st_mode):
                if below is None or not below_folder:
                    extra.append(parts)
                    continue
                if stat.S_IMODE(below.st_mode) != stat.S_IMODE(status.st_mode):
                    modes.append((parts, stat.S_IMODE(below.st_mode)))
                if self._opaque(parts):
                    opaque.append(parts)
        remove_extra(self.upper, extra, keep)
        for parts in opaque:
            self._restore_folders(parts)
        set_modes(self.upper, modes)

    def _restore_folders(self, start: Parts) -> None:
        """An opaque folder hides the base's subfolders, the empty ones too: make them anew."""
        for parts, status in self.base.walk(start, self.hidden):
            if stat.S_ISDIR(status.st_mode) and self.upper.lstat(parts) is None:
                with contextlib.suppress(OSError), self.upper.directory(parts[:-1]) as parent:
                    make_folder(parent, parts[-1], status)

    def _opaque(self, parts: Parts) -> bool:
        return self.upper.xattr(parts, OPAQUE) == b"y"

    def _hide(self, parts: Parts) -> None:
        with self.upper.directory(parts[:-1], self._make) as parent:
            os.mknod(parts[-1], stat.S_IFCHR, device=os.makedev(0, 0), dir_fd=parent)

    def _make(self, parent: int, name: str, prefix: Parts) -> None:
        make_folder(parent, name, self.base.lstat(prefix))


def is_whiteout(status: os.stat_result) -> bool:
    """True for the overlay's mark of a removed entry."""
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0
