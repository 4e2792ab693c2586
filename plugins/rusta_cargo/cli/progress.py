"""What a repair is doing, on standard error while it runs: one moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rusta_devlog.terminal import printable

if TYPE_CHECKING:
    from rusta_conductor.budget import Budget
    from rusta_schemas.devlog import DevLogEntry

_SAYS = {
    "sense": "looking at the project",
    "plan": "planning",
    "probe": "trying candidates",
    "propose": "proposing",
    "validate": "proving in the sandbox",
    "rollback": "taking a refuted candidate back",
    "reflect": "making the patch smaller",
    "remember": "writing the result",
}


class RepairProgress:
    """An observer of the episode's entries. Use it as a context manager.

    Attributes:
        budget: set once the episode is open; then the probes used and left are told.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.budget: Budget | None = None
        self._quiet = quiet
        self._state, self._best = "sense", ""
        self._status: Any = None
        self._last = ""

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            from rich.console import Console

            self._status = Console(stderr=True).status(_SAYS["sense"])
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Wipe the moving line; what is printed after this stands by itself."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def __call__(self, entry: DevLogEntry) -> None:
        """Take note of an entry that has just been written."""
        if entry.kind == "opened":
            self._say()
        elif entry.kind == "transition" and entry.data.get("ok"):
            self._state = str(entry.data.get("target"))
            self._say()
        elif entry.kind == "decision" and entry.data.get("topic") == "search":
            self._best = _best(entry.data.get("value"), self._best)
            self._say()
        elif entry.kind == "done" and self._status is not None:
            self._say()
        elif entry.kind == "note" and not self._quiet:
            self._line(str(entry.data.get("text")))

    def _say(self) -> None:
        if self._quiet or self._state == "end":
            return
        text = _SAYS.get(self._state, self._state)
        if self.budget is not None:
            used, limit = self.budget.spent.get("probes", 0.0), self.budget.limits["probes"]
            text += f"; {used:g} probes used, {limit - used:g} left"
        if self._best:
            text += f"; best so far: {self._best}"
        if self._status is not None:
            from rich.text import Text

            self._status.update(Text(printable(text)))
        elif self._state not in ("plan", "remember"):
            self._line(text)

    def _line(self, text: str) -> None:
        if text == self._last:
            return
        self._last = text
        if self._status is not None:
            from rich.text import Text

            self._status.console.print(Text(printable(text)))
        else:
            sys.stderr.write(f"{printable(text)}\n")
            sys.stderr.flush()


def _best(value: Any, known: str) -> str:
    """The best tree of a round of the search, in words."""
    if not isinstance(value, dict):
        return known
    for node in value.get("checked", ()):
        if node.get("node") == value.get("best"):
            if node.get("ok"):
                lines = node.get("lines")
                return f"compiles, {lines} line{'' if lines == 1 else 's'} changed"
            errors = node.get("errors")
            return f"{errors} error{'' if errors == 1 else 's'} left"
    return known
