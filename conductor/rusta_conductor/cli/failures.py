"""How a command ends badly: one line for a person, a documented exit code, and never a stack trace."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rusta_conductor.cli import exit_codes

if TYPE_CHECKING:
    from rusta_conductor.cli.context import Context


def report(error: BaseException, context: Context) -> int:
    """Tell the user about ``error``; gives the exit code."""
    if isinstance(error, click.Abort | KeyboardInterrupt):
        _say("interrupted")
        return exit_codes.INTERRUPTED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return exit_codes.USAGE
    if isinstance(error, click.ClickException):
        hint = ""
        if isinstance(error, click.UsageError) and error.ctx is not None:
            hint = f" (see '{error.ctx.command_path} --help')"
        # click breaks some lists over lines, with tabs
        _say(f"{' '.join(error.format_message().split())}{hint}")
        return error.exit_code
    code = exit_codes.code_of(error)
    if code is not None:
        _say(str(error))
        return code
    if isinstance(error, OSError) and error.filename is not None:
        _say(f"{os.fsdecode(error.filename)}: {error.strerror}; look at the path and its permissions")
        return exit_codes.FAILED
    return _crash(error, context)


def warn_about_plugins(context: Context) -> None:
    """One line for each plugin with a problem, unless ``RUSTA_QUIET_PLUGINS=1``."""
    if os.environ.get("RUSTA_QUIET_PLUGINS") == "1":
        return
    for info in context.host.plugins.values():
        if info.problems:
            what = "has a problem" if info.active else "was left out"
            _say(f"plugin {info.name!r} {what}: {info.problems[0]} (see 'rusta plugins')")


def quiet_streams() -> None:
    """Text that the terminal's encoding lacks is written as an escape instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def flush() -> int:
    """Write out what is still buffered; when nobody reads it any more, end quietly."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit, and would complain then.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.FAILED
    return exit_codes.OK


def _say(text: str) -> None:
    from rusta_devlog.terminal import printable

    click.echo("\n".join(printable(line) for line in f"rusta: {text}".splitlines()), err=True)


def _crash(error: BaseException, context: Context) -> int:
    import traceback

    trace = "".join(traceback.format_exception(error))
    summary = traceback.format_exception_only(error)[-1].strip()
    where = _keep(trace, context)
    place = f"the details are in {where}" if where else "the details could not be written"
    _say(f"internal error: {summary}; {place}; please report it with that file")
    if os.environ.get("RUSTA_DEBUG") == "1":
        click.echo(trace, err=True)
    return exit_codes.INTERNAL


def _keep(trace: str, context: Context) -> Path | None:
    import platform

    from rusta_conductor.version import rusta_version

    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    text = (
        f"rusta {rusta_version()}, Python {platform.python_version()}, {platform.platform()}\n"
        f"arguments: {sys.argv[1:]!r}\n\n{trace}"
    )
    try:
        folder = context.home.ready().path / "crash"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{moment}-{os.getpid()}.txt"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except Exception:  # the report about a fault must not become another one
        return None
    return path
