"""One line on a terminal that says how far a run is."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rusta_schemas.devlog import DevLogEntry

_CLEAR = "\r\x1b[2K"
_WIDTH = 24


class BurstProgress:
    """An observer of an episode; silent where standard error is no terminal."""

    def __init__(self, bursts: int) -> None:
        self._shown = sys.stderr.isatty()
        self._bursts, self._started, self._done = bursts, 0, 0

    def __call__(self, entry: DevLogEntry) -> None:
        """Take note of an entry that has just been written."""
        if entry.kind == "started":
            action = entry.data.get("action")
            args = action.get("args") if isinstance(action, dict) else None
            verb = action.get("verb") if isinstance(action, dict) else None
            bursts = args.get("bursts") if isinstance(args, dict) and verb == "burst_step" else 0
            self._started = bursts if isinstance(bursts, int) else 0
        elif entry.kind == "done":
            self._done += self._started
            self._started = 0
            share = min(1.0, self._done / max(1, self._bursts))
            filled = round(share * _WIDTH)
            self._show(
                f"burst {self._done:,} of {self._bursts:,}  [{'=' * filled}{' ' * (_WIDTH - filled)}] {share:4.0%}"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self.stop()

    def stop(self) -> None:
        """Wipe the line."""
        self._show("")

    def _show(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(_CLEAR + text)
            sys.stderr.flush()
