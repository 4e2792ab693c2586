"""Run a talkative command: its output goes to a log, the user sees it only if it fails."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from xtask_lib.console import command_line, end_progress, note, progress

TAIL_LINES = 25

_SIGNS_OF_NO_NETWORK = (
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "Name or service not known",
    "Could not resolve",
    "NewConnectionError",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Connection timed out",
    "ConnectTimeoutError",
    "Cannot connect to proxy",
    "Failed to fetch",
)


class CommandError(Exception):
    """A logged command returned something else than zero (`no_network`: because of that)."""

    def __init__(self, command: Sequence[str], returncode: int, lines: Sequence[str]) -> None:
        super().__init__(f"`{command_line(command[:3])} ...` returned {returncode}")
        self.no_network = any(sign in line for line in lines for sign in _SIGNS_OF_NO_NETWORK)


def run_logged(command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path | None = None) -> None:
    """Run `command`, appending its output to `log`; raise CommandError after showing the tail."""
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    with log.open("a", encoding="utf-8") as sink:
        print(f"$ {command_line(command)}", file=sink, flush=True)
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout is not None
        try:
            with process.stdout:
                for line in process.stdout:
                    sink.write(line)
                    lines.append(line.rstrip())
                    progress(lines[-1])
        except BaseException:
            process.kill()
            raise
        finally:
            end_progress()
            process.wait()
        print(f"[returned {process.returncode}]", file=sink)
    if process.returncode != 0:
        failed = CommandError(command, process.returncode, lines)
        # Without a network pip says the same thing many times before its last words.
        tail = lines[-2:] if failed.no_network else lines[-TAIL_LINES:]
        note("\n".join([*tail, f"(the whole log: {relative(log)})"]))
        raise failed


def relative(path: Path) -> str:
    """The path as seen from the current folder, when it lies below it."""
    here = Path.cwd()
    return os.fspath(path.relative_to(here) if path.is_relative_to(here) else path)
