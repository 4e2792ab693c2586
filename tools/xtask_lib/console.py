"""What the user sees: steps with their times, on standard error so that output can be piped."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class XtaskError(Exception):
    """Something the user has to know or do. `code` becomes the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def is_terminal() -> bool:
    """True when standard error is a terminal that can rewrite a line."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _paint(text: str, code: str) -> str:
    # NO_COLOR counts when it is set to anything but the empty string (no-color.org).
    if not is_terminal() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def say(text: str = "") -> None:
    """One line (or several) to the user."""
    print(text, file=sys.stderr, flush=True)


def note(text: str) -> None:
    """A remark that belongs to the step above it."""
    say("\n".join(f"    {line}" for line in text.splitlines()))


def warn(text: str) -> None:
    """Something is less good than it could be, and the work goes on."""
    say(_paint("warning: ", "33") + text)


def fail(text: str) -> None:
    """The last word before a non-zero exit."""
    say(_paint("error: ", "31") + text)


def heading(text: str) -> None:
    """The start of a step."""
    sys.stdout.flush()
    say(_paint("==> ", "34;1") + _paint(text, "1"))


def seconds(since: float) -> str:
    """The time since `since` (a `time.monotonic()` value), as people write it."""
    spent = time.monotonic() - since
    return f"{spent:.1f} s" if spent < 100 else f"{int(spent // 60)} min {int(spent % 60)} s"


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step, and say at its end how it went and how long it took."""
    heading(text)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        note(_paint("failed", "31") + f" after {seconds(start)}")
        raise
    note(f"done in {seconds(start)}")


def progress(text: str) -> None:
    """Show what is going on right now on the terminal's last line; nothing when piped."""
    if is_terminal():
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K{('    ' + text)[:width]}", end="", file=sys.stderr, flush=True)


def end_progress() -> None:
    """Take the progress line away again."""
    if is_terminal():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def command_line(command: Sequence[str | os.PathLike[str]]) -> str:
    """The command as one could paste it into a shell."""
    return shlex.join(os.fspath(part) for part in command)
