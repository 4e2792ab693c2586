"""Our own storage passes the suite that we ship."""

from __future__ import annotations

from pathlib import Path

from rusta_devlog.conformance import DevLogConformance, Log
from rusta_devlog.writer import DevLog


class TestDefault(DevLogConformance):
    """The storage as it comes."""


class TestSmallSegments(DevLogConformance):
    """The same with a new segment at almost every append."""

    def create(self, directory: Path, log_id: str) -> Log:
        return DevLog.create(directory, log_id, segment_bytes=1500)

    def open(self, directory: Path) -> Log:
        return DevLog.open(directory, segment_bytes=1500)
