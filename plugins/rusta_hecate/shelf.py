"""The models of a state folder: the promoted one of each name, and the one before it, so that a promotion can be undone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from rusta_hecate.container import load
from rusta_hecate.errors import HecateError


class Shelf:
    """``NAME.rhc`` is promoted, ``NAME.rhc.former`` was before it."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "models"

    def path(self, name: str) -> Path:
        """Where the promoted model of a name lies (or would)."""
        return self.folder / f"{name}.rhc"

    def promote(self, name: str, file: Path) -> Path:
        """Put a model file in its place; the former one is kept beside it.

        :raises HecateError: if the file is damaged, or cannot be put there; the former one stays promoted then.
        """
        load(file)  # damaged files are refused before anything changes
        target = self.path(name)
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, aside)
            if target.exists():
                former = self._former(name)
                former.unlink(missing_ok=True)
                os.link(target, former)
            aside.replace(target)
        except OSError as wrong:
            aside.unlink(missing_ok=True)
            raise HecateError(f"cannot promote {file}: {wrong.strerror or wrong}; nothing was changed") from None
        return target

    def roll_back(self, name: str) -> Path | None:
        """Take the last promotion back: the former model's path, or None if there was none (the name is free then).

        :raises HecateError: if nothing is promoted under this name.
        """
        target, former = self.path(name), self._former(name)
        if not target.exists():
            raise HecateError(f"no model {name!r} is promoted in {self.folder}; nothing to take back")
        if former.exists():
            former.replace(target)
            return target
        target.unlink()
        return None

    def _former(self, name: str) -> Path:
        path = self.path(name)
        return path.with_name(path.name + ".former")
