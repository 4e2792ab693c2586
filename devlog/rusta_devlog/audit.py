"""Checking a whole log: every frame, the chain, and every blob that an entry names."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rusta_devlog.blobs import SHA256
from rusta_devlog.cursor import Ending, segment_numbers
from rusta_devlog.errors import BlobError
from rusta_devlog.frames import genesis
from rusta_devlog.fs import REAL, FileSystem
from rusta_devlog.reader import DevLogReader, settled
from rusta_devlog.recovery import BROKEN_NAME


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: where, what, and what to do about it."""

    file: str
    offset: int
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file} at offset {self.offset}: {self.what}. {self.advice}"


@dataclass(slots=True)
class VerifyReport:
    """What a check of a log found. ``head`` is the chain's digest after the last readable entry."""

    directory: str
    log_id: str = ""
    segments: int = 0
    frames: int = 0
    entries: int = 0
    head: str = ""
    blobs: int = 0
    broken_files: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def first_problem(self) -> Problem | None:
        return self.problems[0] if self.problems else None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


def blob_references(entry: dict[str, Any]) -> list[str]:
    """The blobs an entry names: the value of ``blob`` in its data, if that is a SHA-256."""
    data = entry.get("data")
    blob = data.get("blob") if isinstance(data, dict) else None
    return [blob] if isinstance(blob, str) and SHA256.match(blob) else []


def verify(directory: Path | str, *, fs: FileSystem = REAL) -> VerifyReport:
    """Read the log in ``directory`` from beginning to end and check all of it, without changing or locking anything.

    Raises:
        DevLogNotFound: there is no folder.
        OSError: a file cannot be read.
    """
    reader = DevLogReader(directory, fs=fs)
    report = VerifyReport(str(directory))
    cursor = reader.cursor()
    frames = settled(cursor)
    referenced: dict[str, int] = {}
    while True:
        try:
            frame = next(frames)
        except StopIteration as stop:
            diagnosis = stop.value
            break
        report.frames += 1
        report.entries += frame.count
        if b'"blob"' in frame.payload:
            for seq, line in enumerate(frame.lines(), frame.first_seq):
                for sha256 in blob_references(json.loads(line)):
                    referenced.setdefault(sha256, seq)
    if diagnosis.ending is not Ending.WHOLE:
        advice = {
            Ending.TORN: "Open the log for writing (or resume the episode): the torn end is kept in a .broken file "
            "and cut off",
            Ending.DAMAGED: f"Entries up to {cursor.seq} can be read. Restore the folder from a copy",
            Ending.UNBORN: "Nothing was ever recorded here; the folder can be removed",
        }[diagnosis.ending]
        what = diagnosis.reason
        if diagnosis.ending is Ending.TORN:
            what = f"the last write is unfinished or damaged: {what}"
        report.problems.append(Problem(diagnosis.file, diagnosis.offset, what, advice))
    for sha256, seq in referenced.items():
        try:
            reader.get_blob(sha256)
            report.blobs += 1
        except BlobError as error:
            what = f"entry {seq} needs {error}"
            report.problems.append(Problem(f"blobs/{sha256[:2]}/{sha256[2:]}", 0, what, "Restore the blob from a copy"))
    report.log_id = cursor.log_id
    report.segments = len(segment_numbers(fs, reader.directory))
    digest = cursor.digest or (genesis(cursor.log_id) if cursor.log_id else b"")
    report.head = digest.hex()
    names = sorted(name for name in fs.names(reader.directory) if BROKEN_NAME.match(name))
    report.broken_files = tuple(names)
    return report
