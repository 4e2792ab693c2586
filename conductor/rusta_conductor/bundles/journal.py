"""The write-ahead journal of one application: what is needed to finish or undo it, durable before the tree is touched.

``<id>.applying`` is the journal, ``<id>.applying.d/`` holds every file's content before and after, by its hash. When an
application is complete the journal becomes its receipt (one for each tree), which a later rollback reads: it knows the
mode of a removed file, and which folders were made.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from rusta_conductor.bundles import steps
from rusta_conductor.bundles.errors import BundleDamaged
from rusta_conductor.bundles.fit import Direction
from rusta_conductor.bundles.store import NAME_DIGITS
from rusta_conductor.bundles.tree import Found
from rusta_devlog.fs import REAL, make_directories, write_durably
from rusta_schemas.base import Closed, RelPath, Sha256
from rusta_schemas.canonical import canonical_bytes

JOURNAL_SUFFIX = ".applying"


class Dress(Closed):
    """Mode bits and owner of a file."""

    mode: int
    uid: int
    gid: int


class JournalFile(Closed):
    """One file of the change: the hashes of its content before and after, and what it is like to look at."""

    path: RelPath
    before: Sha256 | None
    after: Sha256 | None
    dress: Dress | None = None

    def like(self) -> Found | None:
        return None if self.dress is None else Found(b"", self.dress.mode, self.dress.uid, self.dress.gid)


class Journal(Closed):
    """One application or rollback of one bundle in one tree.

    ``folders_before`` exist only before the change, ``folders_after`` only after it; outermost first.
    """

    v: Literal[1] = 1
    bundle: Sha256
    direction: Direction
    root: str
    files: tuple[JournalFile, ...]
    folders_before: tuple[RelPath, ...] = ()
    folders_after: tuple[RelPath, ...] = ()


class JournalStore:
    """Where the journals, contents and receipts of a state folder's bundles are."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, bundle_id: str) -> Path:
        return self.directory / f"{bundle_id[:NAME_DIGITS]}{JOURNAL_SUFFIX}"

    def begin(self, journal: Journal, contents: list[bytes]) -> None:
        """Write the contents, then the journal: from here on the change can be finished or undone."""
        self.clear_contents(journal.bundle)
        folder = self.contents(journal.bundle)
        make_directories(REAL, folder)
        steps.reached("contents folder made")
        for data in contents:
            write_durably(REAL, folder / hashlib.sha256(data).hexdigest(), data)
            steps.reached("content kept")
        write_durably(REAL, self.path(journal.bundle), _bytes(journal))
        steps.reached("journal written")

    def read(self, bundle_id: str) -> Journal | None:
        """The journal of an unfinished change; None when there is none. Raises :class:`BundleDamaged`."""
        return read_journal(self.path(bundle_id))

    def content(self, bundle_id: str, sha256: str) -> bytes:
        """A file's content before or after the change. Raises :class:`BundleDamaged`."""
        path = self.contents(bundle_id) / sha256
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BundleDamaged(f"the kept content {path} cannot be read: {error.strerror}") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BundleDamaged(f"the kept content {path} does not match its name; the disk damaged it")
        return data

    def receipt(self, bundle_id: str, root: Path) -> Journal | None:
        """How the bundle was applied to ``root``, if that is known."""
        try:
            return read_journal(self._receipt(bundle_id, root))
        except BundleDamaged:
            return None  # it only tells modes and empty folders

    def complete(self, journal: Journal, root: Path, *, applied: bool) -> None:
        """The change is done, or undone, as a whole: leave a receipt if the bundle is applied now, forget the rest."""
        receipt = self._receipt(journal.bundle, root)
        if journal.direction == "apply" and applied:
            self.path(journal.bundle).replace(receipt)
        else:
            if not applied:
                receipt.unlink(missing_ok=True)
                steps.reached("receipt removed")
            self.path(journal.bundle).unlink(missing_ok=True)
        # From here on the change is complete, whatever happens to the rest.
        with contextlib.suppress(OSError):
            steps.reached("journal closed")
            REAL.sync_directory(self.directory)
            self.clear_contents(journal.bundle)
            steps.reached("contents removed")

    def abandon(self, bundle_id: str) -> None:
        """Forget a change that was never begun in the tree. What cannot be removed does no harm."""
        with contextlib.suppress(OSError):
            self.path(bundle_id).unlink(missing_ok=True)
            self.clear_contents(bundle_id)

    def clear_contents(self, bundle_id: str) -> None:
        """Remove kept contents; only ever called when no journal needs them."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.contents(bundle_id))

    def unfinished(self) -> list[Path]:
        """The journals of all unfinished changes."""
        return sorted(self.directory.glob(f"*{JOURNAL_SUFFIX}")) if self.directory.is_dir() else []

    def contents(self, bundle_id: str) -> Path:
        """The folder of what the files were before and after, while a change is unfinished."""
        path = self.path(bundle_id)
        return path.with_name(path.name + ".d")

    def _receipt(self, bundle_id: str, root: Path) -> Path:
        tree = hashlib.sha256(os.fsencode(root)).hexdigest()[:8]
        return self.directory / f"{bundle_id[:NAME_DIGITS]}-{tree}.applied"


def read_journal(path: Path) -> Journal | None:
    """The journal in a file; None when there is no such file. Raises :class:`BundleDamaged`."""
    try:
        return Journal.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise BundleDamaged(
            f"the journal {path} cannot be read ({str(error).splitlines()[0]}); the contents before the change lie in "
            f"{path}.d"
        ) from None


def _bytes(journal: Journal) -> bytes:
    return canonical_bytes(journal.model_dump(mode="json")) + b"\n"
