"""Walking a log frame by frame, and telling its end from its damage.

:class:`LogCursor` yields every frame that is whole and follows from the one before it, and stops where there is none.
It can be asked again later and goes on from its place, which is how a log that is being written is followed.
:meth:`LogCursor.diagnose` then says what the stopping place is:

======== =================================================================================================
WHOLE    the end of the log; perhaps zeros after it, which are room written ahead
TORN     an unfinished last write: something unreadable, and no whole frame or segment after it
DAMAGED  something unreadable or not belonging here, *with* a whole frame or segment after or in it
UNBORN   the folder has no first segment yet: its creation never finished
======== =================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rusta_devlog.errors import DevLogDamaged
from rusta_devlog.frames import (
    SECTOR,
    Fault,
    Frame,
    SegmentHeader,
    align,
    decode_frame,
    decode_segment_header,
    find_frame,
    genesis,
    is_blank,
)
from rusta_devlog.fs import FileSystem, read_all

SEGMENT_NAME = re.compile(r"^(\d{8})\.seg$")


class Ending(StrEnum):
    WHOLE = "whole"
    TORN = "torn"
    DAMAGED = "damaged"
    UNBORN = "unborn"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What lies at the place where a cursor stopped: ``file`` and ``offset`` are that place."""

    ending: Ending
    file: str
    offset: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a log: after the frame that ends at ``offset`` of segment ``number``.

    ``frame_offset`` is where that frame begins (0: no frame of this segment has been read).
    """

    number: int = 1
    offset: int = 0
    seq: int = 0
    digest: bytes = b""
    frame_offset: int = 0


def damage_error(directory: Path, diagnosis: Diagnosis, last_seq: int) -> DevLogDamaged:
    """The error for a log that is damaged before its end."""
    file, offset = diagnosis.file, diagnosis.offset
    return DevLogDamaged(
        f"{directory / file} is damaged at offset {offset}: {diagnosis.reason}. Entries up to "
        f"{last_seq} can be read; nothing can be written. Restore the folder from a copy, or go on "
        "in a new log",
        file,
        offset,
    )


def segment_name(number: int) -> str:
    return f"{number:08d}.seg"


def segment_numbers(fs: FileSystem, directory: Path) -> list[int]:
    """The numbers of the segments in ``directory``, ascending."""
    found = (SEGMENT_NAME.match(name) for name in fs.names(directory))
    return sorted(int(match[1]) for match in found if match)


class LogCursor:
    """A place in a log, and the way forward from it. Reads only; takes no lock."""

    def __init__(self, fs: FileSystem, directory: Path, place: Place | None = None) -> None:
        self._fs = fs
        self.directory = directory
        self.log_id = ""
        place = place or Place()
        self.number, self.offset = place.number, place.offset
        self.seq, self.digest = place.seq, place.digest
        self.last_frame: Frame | None = None
        self._frame_offset = place.frame_offset
        if place.offset or place.number > 1:
            self._know_log_id()

    @property
    def file(self) -> str:
        return segment_name(self.number)

    @property
    def place(self) -> Place:
        return Place(self.number, self.offset, self.seq, self.digest, self._frame_offset)

    def advance(self) -> Iterator[Frame]:
        """Every frame from here on that is whole and chained; stops before the first that is not."""
        while True:
            # Looked at first: if there is a next segment by now, this one is complete by now.
            complete = self._fs.exists(self.directory / segment_name(self.number + 1))
            data = self._read(self.number, self.offset)
            if data is None:
                return
            base = self.offset
            if base == 0:
                header = self._accept_header(data)
                if isinstance(header, Fault):
                    return
                self.log_id, self.digest = header.log_id, header.previous
                self.offset, self._frame_offset, self.last_frame = SECTOR, 0, None
            while True:
                frame = self._accept_frame(data, base)
                if isinstance(frame, Fault):
                    break
                self.offset, self._frame_offset = frame.end, frame.offset
                self.seq, self.digest = frame.last_seq, frame.digest
                self.last_frame = frame
                yield frame
            if not complete or not is_blank(data[self.offset - base :]):
                return
            self.number, self.offset = self.number + 1, 0

    def diagnose(self) -> Diagnosis:
        """What the stopping place is. A writer at work can make it look torn or damaged: advance again to confirm."""
        numbers = segment_numbers(self._fs, self.directory)
        if not numbers:
            return Diagnosis(Ending.UNBORN, self.file, 0, "the folder holds no segment")
        later = [number for number in numbers if number > self.number]
        data = self._read(self.number, self.offset)
        if data is None:
            return self._damaged(
                self.offset,
                f"the segment is missing, {len(later) or len(numbers)} other(s) are there",
            )
        if self.offset == 0:
            return self._diagnose_header(data, later)
        base = self.offset
        fault = self._accept_frame(data, base)
        if isinstance(fault, Frame):  # written since; the caller advances again
            return Diagnosis(Ending.WHOLE, self.file, self.offset)
        kept = self._evidence(data, fault.offset - base, base, later)
        if kept and later and later[0] > self.number + 1 and is_blank(data):
            gap = segment_name(self.number + 1)
            return self._damaged(self.offset, f"segment {gap} is missing, yet {kept}")
        if kept:
            return self._damaged(fault.offset, f"{fault.reason}, yet {kept}")
        if is_blank(data) and not later:
            return Diagnosis(Ending.WHOLE, self.file, self.offset)
        return Diagnosis(Ending.TORN, self.file, fault.offset, fault.reason)

    def _diagnose_header(self, data: bytes, later: list[int]) -> Diagnosis:
        header = self._accept_header(data)
        if not isinstance(header, Fault):  # written since
            return Diagnosis(Ending.WHOLE, self.file, 0)
        kept = self._evidence(data, 0, 0, later)
        if kept or (len(data) >= SECTOR and not is_blank(data)):
            return self._damaged(0, f"{header.reason}, yet {kept}" if kept else header.reason)
        if self.number == 1:
            return Diagnosis(Ending.UNBORN, self.file, 0, "its first segment was never finished")
        return Diagnosis(Ending.TORN, self.file, 0, header.reason)

    def _evidence(self, data: bytes, start: int, base: int, later: list[int]) -> str:
        """What shows that the log went on after a fault, in words; empty if nothing does."""
        frame = find_frame(data, max(start, 0), self.log_id, base) if self.log_id else None
        if frame:
            return f"entry {frame.first_seq} follows whole at offset {frame.offset}"
        for number in later:
            content = self._read(number, 0) or b""
            if len(content) >= SECTOR and not is_blank(content):
                return f"segment {segment_name(number)} follows"
        return ""

    def _damaged(self, offset: int, reason: str) -> Diagnosis:
        return Diagnosis(Ending.DAMAGED, self.file, offset, reason)

    def _accept_header(self, data: bytes) -> SegmentHeader | Fault:
        header = decode_segment_header(data)
        if isinstance(header, Fault):
            return header
        if self.number > 1 and header.log_id != self.log_id:
            return Fault(0, f"the segment belongs to the log {header.log_id!r}")
        if header.number != self.number:
            return Fault(0, f"the file holds segment {header.number}: it was renamed")
        expected = self.digest if self.number > 1 else genesis(header.log_id)
        if header.first_seq != self.seq + 1 or header.previous != expected:
            return Fault(
                0,
                f"the segment begins at entry {header.first_seq} of another chain than the "
                f"{self.seq} entries before it",
            )
        return header

    def _accept_frame(self, data: bytes, base: int) -> Frame | Fault:
        """The frame after the current offset, if it is whole and follows from the last one."""
        at = align(self.offset)
        if not is_blank(data[self.offset - base : at - base]):
            return Fault(self.offset, "the filling after the frame is not zero")
        if at - base >= len(data):
            return Fault(self.offset, "the segment ends here")
        frame = decode_frame(data, at - base, self.log_id, base)
        if isinstance(frame, Fault):
            return frame
        if frame.previous != self.digest or frame.first_seq != self.seq + 1:
            return Fault(at, f"the frame of entry {frame.first_seq} does not follow from entry {self.seq}")
        return frame

    def _read(self, number: int, offset: int, limit: int | None = None) -> bytes | None:
        try:
            return read_all(self._fs, self.directory / segment_name(number), offset, limit)
        except FileNotFoundError:
            return None

    def _know_log_id(self) -> None:
        """Learn the log id when starting in the middle; harmless if it cannot be read, for then nothing decodes."""
        data = self._read(self.number, 0, SECTOR)
        header = decode_segment_header(data) if data else None
        if isinstance(header, SegmentHeader):
            self.log_id = header.log_id
