"""Bringing a tree to one side of a journal, from wherever a kill left it. All or nothing, and repeatable."""

from __future__ import annotations

from typing import Literal

from rusta_conductor.bundles import steps
from rusta_conductor.bundles.errors import BundleRefused
from rusta_conductor.bundles.journal import Journal, JournalFile, JournalStore
from rusta_conductor.bundles.tree import Found, Tree

Side = Literal["before", "after"]


class Foreign(BundleRefused):
    """A file is neither as it was before the change nor as it is after it: somebody else wrote it."""

    def __init__(self, path: str, what: str, message: str) -> None:
        super().__init__(message)
        self.path, self.what = path, what


def drive(
    journal: Journal,
    side: Side,
    tree: Tree,
    store: JournalStore,
    *,
    moved: set[str] | None = None,
    leave: frozenset[str] = frozenset(),
) -> None:
    """Make every file of the journal what it is on ``side``.

    First all new contents are written beside their places, then all are moved; so what can fail for lack of space or
    permission fails while the tree is still whole.

    Args:
        moved: is told every path that was changed. leave: paths that are not looked at.

    Raises:
        Foreign: a file is on neither side. It is left alone.
        OSError: the disk refused.
    """
    _sweep(journal, tree)
    files = [file for file in journal.files if file.path not in leave]
    waiting = [file for file in files if _check(journal, file, tree, store) != _wanted(file, side)]
    for folder in journal.folders_before if side == "before" else journal.folders_after:
        tree.make_folder(folder)
    for file in waiting:
        wanted = _wanted(file, side)
        if wanted is not None:
            found = tree.look(file.path)
            like = file.like() if found.data is None else found
            content = store.content(journal.bundle, wanted)
            tree.write_beside(file.path, _beside(journal, file), content, like)
    for file in waiting:
        _check(journal, file, tree, store)
        if moved is not None:
            moved.add(file.path)
        if _wanted(file, side) is None:
            tree.remove(file.path)
        else:
            tree.move_over(file.path, _beside(journal, file))
    for file in waiting:
        tree.sync_folder_of(file.path)
    steps.reached("folders synced")
    for folder in reversed(journal.folders_after if side == "before" else journal.folders_before):
        tree.remove_folder(folder)


def foreign_files(journal: Journal, tree: Tree) -> frozenset[str]:
    """The files of the journal that are on neither side."""
    return frozenset(file.path for file in journal.files if _stranger(file, tree.look(file.path)))


def _sweep(journal: Journal, tree: Tree) -> None:
    """Remove the new files that an earlier run wrote and did not get to move."""
    for file in journal.files:
        leftover = _sibling(file.path, _beside(journal, file))
        if tree.look(leftover).data is not None:
            tree.remove(leftover)


def _check(journal: Journal, file: JournalFile, tree: Tree, store: JournalStore) -> str | None:
    """The hash of the file as it is now, if that is one of the journal's two."""
    found = tree.look(file.path)
    what = _stranger(file, found)
    if what:
        raise Foreign(
            file.path,
            what,
            f"bundle {journal.bundle[:12]} is half applied to {tree.root}, and {file.path!r} {what} in the meantime; "
            "move your version of it aside and put the file there as it was before the bundle or after it (both are "
            f"kept in {store.contents(journal.bundle)}), then run the command again",
        )
    return found.sha256


def _stranger(file: JournalFile, found: Found) -> str:
    if found.obstacle:
        return found.obstacle
    if found.sha256 in (file.before, file.after):
        return ""
    return "is missing" if found.data is None else "was changed"


def _wanted(file: JournalFile, side: Side) -> str | None:
    return file.before if side == "before" else file.after


def _beside(journal: Journal, file: JournalFile) -> str:
    return f".rusta-{journal.bundle[:16]}-{journal.files.index(file)}.tmp"


def _sibling(path: str, name: str) -> str:
    folder, separator, _ = path.rpartition("/")
    return f"{folder}{separator}{name}"
