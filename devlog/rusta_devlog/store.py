"""The logs of all episodes: one folder each, named by the episode's id."""

from __future__ import annotations

import re
from pathlib import Path

from rusta_devlog.audit import VerifyReport, verify
from rusta_devlog.errors import BadEpisodeId, UnknownEpisode
from rusta_devlog.fs import REAL, FileSystem
from rusta_devlog.reader import DevLogReader
from rusta_devlog.writer import DevLog

EPISODE_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}\Z")
_LISTED = 8


def check_episode_id(episode: str) -> str:
    """``episode``, if it can be an id: 1 to 64 of ``a-z 0-9 -``, not beginning with ``-``.

    Raises:
        BadEpisodeId: it cannot, so it may not become a folder's name either.
    """
    if not EPISODE_ID.match(episode):
        raise BadEpisodeId(f"{episode!r} is not an episode id: use 1 to 64 of a-z, 0-9 and -, not beginning with -")
    return episode


class DevLogStore:
    """The folder ``devlog`` of the state folder. It need not exist until the first log is created."""

    def __init__(self, directory: Path | str, *, fs: FileSystem = REAL) -> None:
        self.directory = Path(directory)
        self._fs = fs

    def path(self, episode: str) -> Path:
        """The folder of an episode's log. Raises :class:`BadEpisodeId`."""
        return self.directory / check_episode_id(episode)

    def create(self, episode: str) -> DevLog:
        """Begin an episode's log. Raises as :meth:`DevLog.create`, and :class:`BadEpisodeId`."""
        return DevLog.create(self.path(episode), episode, fs=self._fs)

    def open(self, episode: str) -> DevLog:
        """Open an episode's log for writing. Raises as :meth:`DevLog.open`, and :class:`UnknownEpisode`."""
        return DevLog.open(self._existing(episode), fs=self._fs)

    def reader(self, episode: str) -> DevLogReader:
        """Read an episode's log. Raises :class:`UnknownEpisode`, :class:`BadEpisodeId`."""
        return DevLogReader(self._existing(episode), fs=self._fs)

    def episodes(self) -> list[str]:
        """The ids of all episodes that have a log, in order. Folders of another kind are passed over."""
        try:
            names = self._fs.names(self.directory)
        except FileNotFoundError:
            return []
        return sorted(name for name in names if EPISODE_ID.match(name) and self._is_log(self.directory / name))

    def resolve(self, beginning: str) -> str:
        """The one episode whose id is, or begins with, ``beginning``.

        Raises:
            UnknownEpisode: none does, or several do; the message lists them.
        """
        episodes = self.episodes()
        if beginning in episodes:
            return beginning
        found = [episode for episode in episodes if beginning and episode.startswith(beginning)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise UnknownEpisode(
                f"no episode begins with {beginning!r} in {self.directory}; "
                "`rusta devlog list` shows those that are there"
            )
        listed = ", ".join(found[:_LISTED]) + (" …" if len(found) > _LISTED else "")
        raise UnknownEpisode(f"{len(found)} episodes begin with {beginning!r}: {listed}; give more of the id")

    def verify(self, episode: str) -> VerifyReport:
        """Check one episode's log. Raises :class:`UnknownEpisode`, :class:`BadEpisodeId`."""
        return verify(self._existing(episode), fs=self._fs)

    def verify_all(self) -> dict[str, VerifyReport]:
        """Check every episode's log."""
        return {episode: self.verify(episode) for episode in self.episodes()}

    def _existing(self, episode: str) -> Path:
        path = self.path(episode)
        if not self._is_log(path):
            raise UnknownEpisode(
                f"there is no episode {episode!r} in {self.directory}; `rusta devlog list` shows those that are there"
            )
        return path

    def _is_log(self, path: Path) -> bool:
        try:
            return any(name.endswith(".seg") for name in self._fs.names(path))
        except (FileNotFoundError, NotADirectoryError):
            return False
