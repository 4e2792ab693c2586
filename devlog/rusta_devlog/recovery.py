"""Bringing a log that was cut off by a crash back to its last whole frame.

What was torn off is copied to ``<segment>.<offset>.broken`` before anything is cut, and the log then says so in an
entry of kind ``recovered``. Every step can be interrupted and repeated: a ``.broken`` file that no ``recovered`` entry
names is announced the next time the log is opened.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rusta_devlog.cursor import (
    Diagnosis,
    Ending,
    LogCursor,
    segment_name,
    segment_numbers,
)
from rusta_devlog.frames import Frame
from rusta_devlog.fs import FileSystem, read_all, write_durably

RECOVERED = "recovered"
BROKEN_NAME = re.compile(r"^(\d{8}\.seg)\.(\d+)(?:-\d+)?\.broken$")
# One pass repairs one place; a crash leaves at most a torn frame and unfinished segments after it.
_PASSES = 8


def utc_now() -> str:
    """The time as the log writes it: RFC 3339, UTC, microseconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Scan:
    """A log read to its end by its only writer: the place, the diagnosis, and what is still to be announced."""

    def __init__(self, fs: FileSystem, directory: Path) -> None:
        self.cursor = LogCursor(fs, directory)
        self.frames = 0
        announced: set[str] = set()
        broken = {name for name in fs.names(directory) if BROKEN_NAME.match(name)}
        for frame in self.cursor.advance():
            self.frames += 1
            if broken:
                announced.update(_announced(frame))
        self.diagnosis = self.cursor.diagnose()
        self.unannounced = sorted(broken - announced)


def _announced(frame: Frame) -> list[str]:
    if b'"recovered"' not in frame.payload:
        return []
    return [
        str(entry["data"].get("kept_as"))
        for _, entry in frame.entries()
        if entry.get("kind") == RECOVERED and isinstance(entry.get("data"), dict)
    ]


def recover(fs: FileSystem, directory: Path) -> Scan:
    """Repair an unfinished last write, if there is one, and read the log.

    The caller holds the log's lock. A log that is damaged before its end is left exactly as it is.

    Raises:
        OSError: a step failed; what was done before it stands, and the repair can be started again.
    """
    scan = Scan(fs, directory)
    for _ in range(_PASSES):
        if scan.diagnosis.ending is not Ending.TORN:
            break
        _cut(fs, directory, scan.cursor.number, scan.diagnosis)
        scan = Scan(fs, directory)
    if scan.diagnosis.ending is Ending.WHOLE:
        _sweep(fs, directory)
    return scan


def recovered_entries(fs: FileSystem, directory: Path, log_id: str, names: list[str], now: str) -> list[dict[str, Any]]:
    """The entries that announce the ``.broken`` files ``names``."""
    entries: list[dict[str, Any]] = []
    for name in names:
        match = BROKEN_NAME.match(name)
        file, offset = (match[1], int(match[2])) if match else (name, 0)
        dropped = len(read_all(fs, directory / name))
        data = {"bytes": dropped, "file": file, "offset": offset, "kept_as": name}
        entries.append({"v": 1, "ts": now, "episode": log_id, "kind": RECOVERED, "data": data})
    return entries


def _cut(fs: FileSystem, directory: Path, number: int, diagnosis: Diagnosis) -> None:
    """Keep what is torn, then remove it; the segments after it hold nothing but unfinished beginnings."""
    for later in reversed([n for n in segment_numbers(fs, directory) if n > number]):
        _remove(fs, directory / segment_name(later), 0)
    _remove(fs, directory / diagnosis.file, diagnosis.offset)


def _remove(fs: FileSystem, path: Path, offset: int) -> None:
    """Take everything from ``offset`` on out of a segment; all of it, if the offset is 0.

    What stays is written to a new file: cutting the old one would touch the sector of the last good frame.
    """
    content = read_all(fs, path)
    torn = content[offset:].rstrip(b"\0")
    if torn:
        _keep(fs, path, offset, torn)
    if offset == 0:
        fs.unlink(path)
        fs.sync_directory(path.parent)
    else:
        write_durably(fs, path, content[:offset])


def _keep(fs: FileSystem, path: Path, offset: int, torn: bytes) -> None:
    suffix = 1
    while True:
        again = f"-{suffix}" if suffix > 1 else ""
        broken = path.with_name(f"{path.name}.{offset}{again}.broken")
        # An interrupted repair may have kept it already, but perhaps not durably.
        if not fs.exists(broken) or read_all(fs, broken) == torn:
            write_durably(fs, broken, torn)
            return
        suffix += 1


def _sweep(fs: FileSystem, directory: Path) -> None:
    """Remove temporary files that a crash left. Nothing depends on their being gone."""
    blobs = directory / "blobs"
    folders = [blobs / name for name in fs.names(blobs)] if fs.exists(blobs) else []
    for folder in (directory, *folders):
        for name in fs.names(folder):
            if name.endswith(".tmp"):
                with suppress(OSError):
                    fs.unlink(folder / name)
