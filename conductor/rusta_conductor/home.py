"""Where state is kept, and how it is laid out. Never inside a target tree."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from rusta_conductor.errors import UsageError


@dataclass(frozen=True)
class Home:
    """The state folder: ``$RUSTA_HOME``, else ``$XDG_STATE_HOME/rusta``, else ``~/.local/state/rusta``."""

    path: Path

    @classmethod
    def find(cls, explicit: str | Path | None = None) -> Home:
        """The home for this process; nothing is created.

        Raises:
            UsageError: no place is known (no HOME), or the place is not a folder.
        """
        chosen = explicit or os.environ.get("RUSTA_HOME")
        if not chosen:
            base = os.environ.get("XDG_STATE_HOME")
            if not base:
                try:
                    base = str(Path.home() / ".local" / "state")
                except RuntimeError:
                    raise UsageError("no home folder is known; set RUSTA_HOME to a folder for rusta's state") from None
            chosen = Path(base) / "rusta"
        path = Path(chosen).absolute()
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is not a folder; set RUSTA_HOME to a folder for rusta's state")
        return cls(path)

    def ready(self) -> Home:
        """Make the folder (readable by its owner only) if it is not there.

        Raises:
            UsageError: it cannot be made or written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise UsageError(f"cannot make {self.path}: {error.strerror}; set RUSTA_HOME to a folder you own") from None
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise UsageError(f"{self.path} is not writable; set RUSTA_HOME to a folder you own")
        return self

    @property
    def devlog(self) -> Path:
        return self.path / "devlog"

    @property
    def bundles(self) -> Path:
        return self.path / "bundles"
