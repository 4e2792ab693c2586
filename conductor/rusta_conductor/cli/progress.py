"""One line on the terminal that says what an episode is doing."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rusta_devlog.terminal import printable

if TYPE_CHECKING:
    from rusta_schemas.devlog import DevLogEntry

_CLEAR = "\r\x1b[2K"


class Progress:
    """An observer of an episode that rewrites one line of standard error; silent when that is no terminal.

    Use it as a context manager: leaving it wipes the line.
    """

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._state, self._calls = "sense", 0

    def __call__(self, entry: DevLogEntry) -> None:
        """Take note of an entry that has just been written."""
        if entry.kind == "transition" and entry.data.get("ok"):
            self._state = str(entry.data.get("target"))
            self._show(self._state)
        elif entry.kind == "started":
            self._calls += 1
            action = entry.data.get("action")
            verb = action.get("verb") if isinstance(action, dict) else "?"
            self._show(f"{self._state}: {verb} (call {self._calls})")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._show("")

    def _show(self, text: str) -> None:
        if self._shown:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(_CLEAR + printable(text)[:width])
            sys.stderr.flush()
