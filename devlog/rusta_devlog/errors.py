"""What can go wrong with a DevLog. Every message names the thing, the place and the next step."""

from __future__ import annotations


class DevLogError(Exception):
    """Base of every error this package raises."""


class BadEntry(DevLogError):
    """An entry has no canonical JSON form, or is too large for a frame. Nothing was written."""


class DevLogNotFound(DevLogError):
    """There is no log in the folder, or its creation was never finished."""


class DevLogExists(DevLogError):
    """A log is being created where one already is."""


class DevLogLocked(DevLogError):
    """Another process is writing this log. ``pid`` is that process, when it could be read."""

    def __init__(self, message: str, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class DevLogFailed(DevLogError):
    """A write or a sync failed; this writer is unusable. Open the log again to recover it."""


class DevLogDamaged(DevLogError):
    """The log is damaged before its end and can only be read up to ``offset`` of ``file``."""

    def __init__(self, message: str, file: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.file = file
        self.offset = offset


class BlobError(DevLogError):
    """A blob is missing, does not have the content its name promises, or could not be stored."""


class BadEpisodeId(DevLogError):
    """A name that cannot be an episode's id (and so cannot be a folder's name)."""


class UnknownEpisode(DevLogError):
    """No episode, or more than one, goes by this id or beginning of an id."""


class GoldenError(DevLogError):
    """A golden document cannot be read, has been tampered with, or contradicts a log that is there."""


class IndexFailed(DevLogError):
    """The derived index cannot be written. The logs themselves are not affected."""
