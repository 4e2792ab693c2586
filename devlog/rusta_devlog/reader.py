"""Reading a log without its lock, also while it is being written."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rusta_devlog.blobs import BlobFolder
from rusta_devlog.cursor import Diagnosis, Ending, LogCursor, Place, damage_error
from rusta_devlog.errors import DevLogError, DevLogNotFound
from rusta_devlog.frames import Frame, genesis
from rusta_devlog.fs import REAL, FileSystem
from rusta_devlog.writer import Head

POLL_SECONDS = 0.1


class LoggedEntry(NamedTuple):
    """An entry, its number (from 1), and the digest of the frame that holds it."""

    seq: int
    sha256: str
    entry: dict[str, Any]


class DevLogReader:
    """The entries of the log in ``directory``, in order. Iterate over it as often as you like.

    Raises:
        DevLogNotFound: there is no folder.
    """

    def __init__(self, directory: Path | str, *, fs: FileSystem = REAL) -> None:
        self.directory = Path(directory)
        self._fs = fs
        self._blobs = BlobFolder(self.directory, fs)
        if not fs.exists(self.directory):
            raise DevLogNotFound(f"there is no log in {directory}: the folder does not exist")

    def __iter__(self) -> Iterator[LoggedEntry]:
        return self.entries()

    def entries(
        self,
        start: int = 1,
        *,
        follow: bool = False,
        until: Callable[[], bool] | None = None,
        poll: float = POLL_SECONDS,
    ) -> Iterator[LoggedEntry]:
        """The entries from number ``start`` on.

        An unfinished write at the end is not an entry; it is passed over in silence.

        Args:
            follow: wait for more at the end, looking every ``poll`` seconds, until ``until()`` is true.

        Raises:
            DevLogDamaged: after the last readable entry, if the log is damaged there.
            DevLogNotFound: the log was never finished being created.
        """
        cursor = LogCursor(self._fs, self.directory)
        while True:
            stopping = until() if until else False
            for frame in self.frames(cursor):
                if frame.last_seq >= start:
                    for seq, entry in frame.entries():
                        if seq >= start:
                            yield LoggedEntry(seq, frame.digest.hex(), entry)
            if not follow or stopping:
                return
            time.sleep(poll)

    def frames(self, cursor: LogCursor | None = None) -> Iterator[Frame]:
        """The frames from ``cursor``'s place on. Raises as :meth:`entries` does."""
        cursor = cursor or LogCursor(self._fs, self.directory)
        diagnosis = yield from settled(cursor)
        if diagnosis.ending is Ending.DAMAGED:
            raise damage_error(self.directory, diagnosis, cursor.seq)
        if diagnosis.ending is Ending.UNBORN:
            raise DevLogNotFound(f"there is no log in {self.directory}: {diagnosis.reason}")

    def cursor(self, place: Place | None = None) -> LogCursor:
        """A cursor on this log, at its beginning or at a place another cursor told."""
        return LogCursor(self._fs, self.directory, place)

    def head(self) -> Head:
        """The end of the log as it is now; reads all of it. Raises as :meth:`entries` does."""
        cursor = LogCursor(self._fs, self.directory)
        for _ in self.frames(cursor):
            pass
        return Head(cursor.seq, (cursor.digest or genesis(cursor.log_id)).hex())

    @property
    def log_id(self) -> str:
        """The id the log was created with.

        Raises:
            DevLogError: the first segment cannot be read.
        """
        cursor = LogCursor(self._fs, self.directory)
        next(cursor.advance(), None)
        if not cursor.log_id:
            raise DevLogError(f"the id of the log in {self.directory} cannot be read: {cursor.diagnose().reason}")
        return cursor.log_id

    def get_blob(self, sha256: str) -> bytes:
        """The bytes of a blob, verified. Raises :class:`BlobError` when it is missing or damaged."""
        return self._blobs.get(sha256)


def settled(cursor: LogCursor) -> Generator[Frame, None, Diagnosis]:
    """Frames up to a stopping place that stays one; the generator's return value is the diagnosis.

    A writer at work can let a single look see a later write without an earlier one. What is still unreadable at a
    second look, begun after the first ended, is so on the disk.
    """
    while True:
        yield from cursor.advance()
        diagnosis = cursor.diagnose()
        if diagnosis.ending is Ending.WHOLE:
            return diagnosis
        moved = False
        before = cursor.place
        for frame in cursor.advance():
            moved = True
            yield frame
        if not moved and cursor.place == before:
            return diagnosis
