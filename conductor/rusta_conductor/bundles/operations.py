"""Applying a bundle to a tree and taking it back: atomic over all its files, and finished or undone after a kill."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from rusta_conductor.bundles import steps
from rusta_conductor.bundles.drive import Foreign, drive, foreign_files
from rusta_conductor.bundles.errors import BundleError, BundleRefused
from rusta_conductor.bundles.fit import Change, Direction, FileFit, changes, look, refusal
from rusta_conductor.bundles.journal import Dress, Journal, JournalFile, JournalStore
from rusta_conductor.bundles.recovery import settle
from rusta_conductor.bundles.tree import Tree
from rusta_devlog.fs import REAL, make_directories
from rusta_schemas.bundle import PatchBundle

_LOCK_WAIT_S = 10.0


@dataclass(frozen=True)
class Outcome:
    """What was done: the files that changed, in which tree, and whether an interrupted run was taken up for it."""

    bundle: str
    direction: Direction
    root: Path
    files: tuple[str, ...]
    resumed: bool = False


def apply_bundle(bundle: PatchBundle, root: Path | str, state_dir: Path) -> Outcome:
    """Make the bundle's change in the tree ``root``: all of it, or none.

    Args:
        state_dir: the state folder; journals and receipts are kept in its ``bundles`` folder.

    Raises:
        BundleRefused: a touched file is not as the bundle was made for, the bundle is applied already or not sealed,
            or the system did not allow the change. Nothing was changed; the message names every file concerned.
        BundleDamaged: what an interrupted run left cannot be read.
        BundleError: another process is at it.
    """
    return _change(bundle, root, state_dir, "apply")


def rollback_bundle(bundle: PatchBundle, root: Path | str, state_dir: Path) -> Outcome:
    """Take the bundle's change back, byte for byte. Arguments and errors as for :func:`apply_bundle`."""
    return _change(bundle, root, state_dir, "rollback")


def dry_run(bundle: PatchBundle, root: Path | str, state_dir: Path, direction: Direction) -> list[str]:
    """Work everything out in memory and change nothing; gives the files that would change. Raises as the real run."""
    store = JournalStore(state_dir / "bundles")
    with Tree(root) as tree:
        journal = store.read(bundle.id)
        if journal is None:
            return [change.path for change in _plan(bundle, tree, direction)[1]]
        for file in journal.files:
            for sha256 in (file.before, file.after):
                if sha256 is not None:
                    store.content(journal.bundle, sha256)
        return [file.path for file in journal.files]


def _change(bundle: PatchBundle, root: Path | str, state_dir: Path, direction: Direction) -> Outcome:
    store = JournalStore(state_dir / "bundles")
    with Tree(root) as tree, _alone(store.directory):
        unfinished = store.read(bundle.id)
        if unfinished is not None:
            try:
                settle(unfinished, direction, tree, store)
            except OSError as error:
                raise BundleError(
                    f"bundle {bundle.id[:12]} is half applied to {tree.root}, and bringing it to an end failed: "
                    f"{_reason(error)}; remove the cause and run the command again"
                ) from error
            files = tuple(file.path for file in unfinished.files)
            return Outcome(bundle.id, direction, tree.root, files, resumed=True)
        fits, planned = _plan(bundle, tree, direction)
        journal = _journal(bundle, tree, direction, fits, planned, store)
        contents = [data for change in planned for data in (change.before, change.after) if data is not None]
        try:
            store.begin(journal, contents)
        except OSError as error:
            store.abandon(bundle.id)
            raise BundleRefused(
                f"nothing was changed: the journal in {store.directory} cannot be written: {_reason(error)}"
            ) from error
        moved: set[str] = set()
        try:
            drive(journal, "after", tree, store, moved=moved)
        except (OSError, BundleRefused) as error:
            _undo(journal, tree, store, error, moved)
        try:
            store.complete(journal, tree.root, applied=direction == "apply")
        except OSError as error:
            done = "applied to" if direction == "apply" else "taken back from"
            raise BundleError(
                f"bundle {bundle.id[:12]} is {done} {tree.root}, but its journal in {store.directory} cannot be "
                f"closed: {_reason(error)}; remove the cause and run the same command again"
            ) from error
        return Outcome(bundle.id, direction, tree.root, tuple(c.path for c in planned))


def _plan(bundle: PatchBundle, tree: Tree, direction: Direction) -> tuple[list[FileFit], list[Change]]:
    if bundle.base_hashes == bundle.result_hashes:
        raise BundleRefused(f"bundle {bundle.id[:12]} changes nothing; there is nothing to do")
    if direction == "apply" and bundle.seal is None:
        raise BundleRefused(
            f"bundle {bundle.id[:12]} is not sealed, so nothing shows that it is what was proved; "
            f"apply the bundle of its episode instead: rusta apply {bundle.episode}"
        )
    fits = look(bundle, tree)
    why = refusal(bundle, tree, fits, direction)
    if why:
        raise BundleRefused(why)
    return fits, changes(bundle, fits, direction)


def _journal(
    bundle: PatchBundle,
    tree: Tree,
    direction: Direction,
    fits: list[FileFit],
    planned: list[Change],
    store: JournalStore,
) -> Journal:
    receipt = store.receipt(bundle.id, tree.root) if direction == "rollback" else None
    remembered = {file.path: file.dress for file in receipt.files} if receipt else {}
    base, result = bundle.base_hashes, bundle.result_hashes
    source, goal = (base, result) if direction == "apply" else (result, base)
    files = [
        JournalFile(
            path=fit.path,
            before=source[fit.path],
            after=goal[fit.path],
            dress=remembered.get(fit.path)
            if fit.found.data is None
            else Dress(mode=fit.found.mode, uid=fit.found.uid, gid=fit.found.gid),
        )
        for fit in fits
    ]
    made = {folder for change in planned if change.after is not None for folder in tree.missing_folders(change.path)}
    return Journal(
        bundle=bundle.id, direction=direction, root=str(tree.root), files=tuple(files),
        folders_before=receipt.folders_after if receipt else (),
        folders_after=tuple(sorted(made)),
    )  # fmt: skip


def _undo(journal: Journal, tree: Tree, store: JournalStore, cause: Exception, moved: set[str]) -> NoReturn:
    """After a failure half-way: put everything back, then say what happened.

    A file that somebody else wrote before its turn came is theirs, and stays.
    """
    reason = _reason(cause)
    if isinstance(cause, Foreign):
        reason = f"{cause.path!r} {cause.what} at this very moment; look at it and run this again"
    try:
        drive(journal, "before", tree, store, leave=foreign_files(journal, tree) - moved)
        store.complete(journal, tree.root, applied=journal.direction == "rollback")
    except (OSError, BundleError) as error:
        raise BundleError(
            f"{reason}; undoing the change failed too: {_reason(error)}. Bundle {journal.bundle[:12]} is half applied "
            f"to {tree.root}; remove the cause, then run 'rusta rollback {journal.bundle[:12]}' or 'rusta apply' again"
        ) from error
    raise BundleRefused(f"nothing was changed in {tree.root}: {reason}") from cause


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the lock on all bundles of a state folder: two bundles may touch one file."""
    try:
        make_directories(REAL, directory)
        fd = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BundleError(f"nothing was changed: {directory} cannot be used: {error.strerror}") from error
    try:
        deadline = time.monotonic() + _LOCK_WAIT_S
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise BundleError(
                        "another process is applying a bundle or taking one back; wait for it and run this again"
                    ) from None
                time.sleep(0.02)
        steps.reached("locked")
        yield
    finally:
        os.close(fd)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f" ({os.fsdecode(error.filename)})" if error.filename else ""
        return f"{error.strerror}{where}"
    return str(error)
