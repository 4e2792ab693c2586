"""The only writer of a log.

Appending is one frame, one write, one ``fdatasync``, however many entries the group has; when it returns, the entries
survive a power loss. A write or sync that fails is never tried again: after a failed sync the kernel may call pages
clean that never reached the disk, so a second sync would succeed and mean nothing. The writer then refuses everything,
and opening the log again writes its last segment into a new file before anything is built on it.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from rusta_devlog.blobs import BlobFolder
from rusta_devlog.cursor import Ending, damage_error, segment_name
from rusta_devlog.errors import (
    BadEntry,
    BlobError,
    DevLogDamaged,
    DevLogExists,
    DevLogFailed,
    DevLogNotFound,
)
from rusta_devlog.frames import (
    MAX_PAYLOAD,
    SECTOR,
    Frame,
    SegmentHeader,
    align,
    encode_frame,
    encode_segment_header,
    genesis,
)
from rusta_devlog.fs import REAL, FileSystem, make_directories, read_all, write_all, write_durably
from rusta_devlog.lock import take_lock
from rusta_devlog.recovery import Scan, recover, recovered_entries, utc_now
from rusta_schemas.canonical import canonical_bytes

SEGMENT_BYTES = 8 << 20
# Zeros written ahead of the frames. With them an append does not change the file's size, and its fdatasync need not
# commit a journal transaction: 118 instead of 203 microseconds an append (ext4, median of 5 rounds of 150).
ROOM = 64 << 10


class Receipt(NamedTuple):
    """The proof that an entry is durable: its number, and the digest of the frame that holds it."""

    seq: int
    sha256: str


class Head(NamedTuple):
    """The end of a log: the number of its last entry (0: none) and the digest that stands for all of it."""

    seq: int
    sha256: str


class DevLog:
    """An append-only log, held under an exclusive lock. Make one with :meth:`create` or :meth:`open`.

    Safe to use from several threads of the process that opened it, and refused in a process forked from it.
    """

    def __init__(
        self, fs: FileSystem, directory: Path, lock: int, scan: Scan | None, log_id: str,
        segment_bytes: int,
    ) -> None:  # fmt: skip
        self.directory = directory
        self.log_id = log_id
        self.recovered: tuple[dict[str, Any], ...] = ()
        self.damage: DevLogDamaged | None = None
        self._fs = fs
        self._lock = lock
        self._fd = -1
        self._owner = os.getpid()
        self._mutex = threading.Lock()
        self._failure = ""
        self._segment_bytes = segment_bytes
        self._blobs = BlobFolder(directory, fs)
        self._seq = scan.cursor.seq if scan else 0
        self._digest = (scan.cursor.digest if scan else b"") or genesis(log_id)
        self._number = scan.cursor.number if scan else 1
        self._offset = self._allocated = SECTOR

    @classmethod
    def create(
        cls, directory: Path | str, log_id: str, *, fs: FileSystem = REAL,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> Self:  # fmt: skip
        """Begin a log in ``directory``, which is created if needed; durable when this returns.

        A folder in which an earlier creation never finished is taken over.

        Raises:
            DevLogExists: a log is there already.
            DevLogLocked: another process is using the folder.
            DevLogFailed: the disk refused.
            ValueError: the id is empty or longer than 200 bytes.
        """
        directory = Path(directory)
        encode_segment_header(SegmentHeader(log_id, 1, 1, genesis(log_id)))
        with _failing(f"cannot create the log {directory}"):
            make_directories(fs, directory)
            lock = take_lock(fs, directory)
        try:
            with _failing(f"cannot create the log {directory}"):
                scan = Scan(fs, directory)
                if scan.diagnosis.ending is not Ending.UNBORN:
                    raise DevLogExists(f"there is a log in {directory} already; open it, or choose another folder")
            log = cls(fs, directory, lock, None, log_id, segment_bytes)
        except BaseException:
            fs.close(lock)
            raise
        with log._abandoned_on_error(), _failing(f"cannot create the log {directory}"):
            log._begin_segment()
        return log

    @classmethod
    def open(
        cls, directory: Path | str, *, fs: FileSystem = REAL, segment_bytes: int = SEGMENT_BYTES,
        clock: Callable[[], str] = utc_now,
    ) -> Self:  # fmt: skip
        """Open a log for appending, repairing what a crash left (see :mod:`rusta_devlog.recovery`).

        A log that is damaged before its end opens read-only: :attr:`damage` says where, and every write raises it.

        Args:
            clock: gives the time of a ``recovered`` entry.

        Raises:
            DevLogNotFound: there is no log here.
            DevLogLocked: another process is writing it; the message names it.
            DevLogFailed: the repair could not be written.
        """
        directory = Path(directory)
        if not fs.exists(directory):
            raise DevLogNotFound(f"there is no log in {directory}: the folder does not exist")
        with _failing(f"cannot open the log {directory}"):
            lock = take_lock(fs, directory)
        try:
            with _failing(f"cannot open the log {directory}"):
                scan = recover(fs, directory)
                if scan.diagnosis.ending is Ending.UNBORN:
                    raise DevLogNotFound(f"there is no log in {directory}: {scan.diagnosis.reason}; create it")
            log_id = scan.cursor.log_id or directory.name
            log = cls(fs, directory, lock, scan, log_id, segment_bytes)
        except BaseException:
            fs.close(lock)
            raise
        if scan.diagnosis.ending is Ending.DAMAGED:
            log.damage = damage_error(directory, scan.diagnosis, scan.cursor.seq)
            return log
        with log._abandoned_on_error(), _failing(f"cannot open the log {directory}"):
            log._settle(scan.cursor.last_frame)
            missing = recovered_entries(fs, directory, log_id, scan.unannounced, clock())
            log.append_group(missing)
            log.recovered = tuple(missing)
        return log

    @property
    def read_only(self) -> bool:
        """Whether every write raises, because the log is damaged before its end."""
        return self.damage is not None

    @property
    def head(self) -> Head:
        """The last entry's number and the digest of its frame (of the log's id, while the log is empty)."""
        return Head(self._seq, self._digest.hex())

    def append(self, entry: Mapping[str, Any]) -> Receipt:
        """Write one entry; durable when this returns. Errors as for :meth:`append_group`."""
        return self.append_group((entry,))[0]

    def append_group(self, entries: Iterable[Mapping[str, Any]]) -> list[Receipt]:
        """Write entries that belong together: after a crash either all of them are in the log or none.

        Raises:
            BadEntry: an entry is not JSON, or the group exceeds 64 MiB; nothing was written, the log stays usable.
            DevLogDamaged: the log is read-only.
            DevLogFailed: the disk refused, now or earlier; or the log is closed.
        """
        lines = [_line(entry) for entry in entries]
        if not lines:
            return []
        size = sum(map(len, lines)) + len(lines)
        if size > MAX_PAYLOAD:
            raise BadEntry(
                f"{size} bytes are more than one frame holds ({MAX_PAYLOAD}); "
                "store large outputs with put_blob and name the blob in the entry"
            )
        with self._mutex:
            self._require_writable()
            first = self._seq + 1
            frame, digest = encode_frame(self.log_id, first, lines, self._digest)
            try:
                if self._offset > SECTOR and self._offset + len(frame) > self._segment_bytes:
                    self._rotate()
                self._write(frame)
            except OSError as error:
                raise self._fail(error) from error
            except BaseException:
                self._failure = f"writing entry {first} of {self.log_id} was interrupted"
                raise
            self._seq += len(lines)
            self._digest = digest
            sha256 = digest.hex()
            return [Receipt(seq, sha256) for seq in range(first, first + len(lines))]

    def put_blob(self, data: bytes) -> str:
        """Store a large output; durable when this returns. Gives the SHA-256 to name it by. Idempotent.

        Raises:
            BlobError: the disk refused. The log itself stays usable.
            DevLogDamaged, DevLogFailed: the log cannot be written.
        """
        with self._mutex:
            self._require_writable()
            try:
                return self._blobs.put(data)
            except OSError as error:
                raise BlobError(
                    f"cannot store a blob of {len(data)} bytes in {self._blobs.directory}: "
                    f"{error.strerror}; {_advice(error)}"
                ) from error

    def get_blob(self, sha256: str) -> bytes:
        """The bytes of a blob, verified. Raises :class:`BlobError` when it is missing or damaged."""
        return self._blobs.get(sha256)

    def close(self) -> None:
        """Give back the unused room and the lock. Harmless when done twice."""
        with self._mutex:
            if self._lock < 0:
                return
            fd, self._fd = self._fd, -1
            lock, self._lock = self._lock, -1
            if os.getpid() != self._owner:
                return  # the descriptors are shared with the parent, and so is the lock
            try:
                if fd >= 0:
                    if not self._failure:
                        self._fs.truncate(fd, self._offset)
                    self._fs.close(fd)
            except OSError:
                pass  # everything acknowledged is durable; only the room ahead stays
            finally:
                self._failure = self._failure or f"the log {self.log_id} is closed"
                self._fs.close(lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def _require_writable(self) -> None:
        if self.damage is not None:
            raise self.damage
        if self._failure:
            raise DevLogFailed(f"{self._failure}; this writer is done with: open {self.directory} again")
        if os.getpid() != self._owner:
            raise DevLogFailed(
                f"the log {self.log_id} was opened by process {self._owner}, not by this fork of it; "
                "append in the process that opened it"
            )

    def _write(self, frame: bytes) -> None:
        end = self._offset + len(frame)
        if end > self._allocated:
            self._allocated = -(-end // ROOM) * ROOM
            frame += bytes(self._allocated - end)
        write_all(self._fs, self._fd, frame, self._offset)
        self._fs.sync_data(self._fd)
        self._offset = end

    def _rotate(self) -> None:
        """Seal the segment at its last frame, then begin the next one. Never both unfinished at once."""
        self._fs.truncate(self._fd, self._offset)
        self._fs.sync(self._fd)
        self._fs.close(self._fd)
        self._fd = -1
        self._number += 1
        self._begin_segment()

    def _begin_segment(self) -> None:
        header = SegmentHeader(self.log_id, self._number, self._seq + 1, self._digest)
        path = self.directory / segment_name(self._number)
        write_durably(self._fs, path, encode_segment_header(header))
        self._fd = self._fs.open(path, os.O_RDWR)
        self._offset = self._allocated = SECTOR

    def _settle(self, last: Frame | None) -> None:
        """Make what was read durable by writing the last segment into a new file.

        An earlier writer may have died before its sync, or its sync may have failed; then what was read is in memory
        only, and syncing the same file again would prove nothing.
        """
        if last is None:
            self._begin_segment()
            return
        path = self.directory / segment_name(self._number)
        self._offset = self._allocated = align(last.end)
        content = read_all(self._fs, path, 0, last.end)
        write_durably(self._fs, path, content.ljust(self._offset, b"\0"))
        self._fd = self._fs.open(path, os.O_RDWR)

    @contextmanager
    def _abandoned_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._failure = self._failure or f"the log {self.log_id} was never fully opened"
            self.close()
            raise

    def _fail(self, error: OSError) -> DevLogFailed:
        self._failure = (
            f"cannot write entry {self._seq + 1} to {segment_name(self._number)} at offset "
            f"{self._offset}: {error.strerror}"
        )
        return DevLogFailed(
            f"{self._failure}. Entries up to {self._seq} are safe, this one is not certain. "
            f"{_advice(error)}, then open {self.directory} again"
        )


def _line(entry: Mapping[str, Any]) -> bytes:
    if not isinstance(entry, Mapping):
        raise BadEntry(f"an entry is a mapping; this is a {type(entry).__name__}")
    try:
        return canonical_bytes(entry if isinstance(entry, dict) else dict(entry))
    except (ValueError, TypeError, RecursionError) as error:
        kind = entry.get("kind")
        raise BadEntry(f"the entry of kind {kind!r} has no JSON form: {error}") from error


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space"
    return "look at the disk and the folder's permissions"


@contextmanager
def _failing(what: str) -> Iterator[None]:
    """Turns an OSError of the block into a DevLogFailed that says what was being done."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise DevLogFailed(f"{what}: {error.strerror}{where}; {_advice(error)}") from error
