"""The verbs `test` and `lint`, which continuous integration runs too."""

from __future__ import annotations

import re
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path

from xtask_lib.console import XtaskError, command_line, fail, heading, note
from xtask_lib.context import Context, timed
from xtask_lib.machine import require_room

PROCESSES = "2"
# Measured: the whole suite leaves 1.2 GiB of temporary folders until it ends.
ROOM_MIB = 2048
NATIVE_MANIFEST = Path("native/Cargo.toml")

Command = list[str]


def test(context: Context) -> int:
    """Run pytest. Its closing line is the last thing printed: it holds the result and the time."""
    options, files = pytest_arguments(context.arguments, context.place.root)
    require_room(Path(tempfile.gettempdir()), ROOM_MIB, "the tests need up to")
    some = [*files[:3], "..."] if len(files) > 3 else files
    heading("pytest " + command_line([*options, *some]))
    # A shell starts what runs in the background with the interrupt ignored, and children inherit that; tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return context.environment.module("pytest", *options, *files)


def pytest_arguments(arguments: Sequence[str], root: Path) -> tuple[list[str], list[str]]:
    """What to give pytest, as (options, files), for the arguments of the verb.

    Raises XtaskError (exit code 2) when `--chunk` has no sense.
    """
    options = list(arguments)
    slow = "--slow" in options
    if slow:
        options.remove("--slow")
    files = _take_chunk(options, root)
    if not _has_option(options, "-m"):
        options += ["-m", "slow" if slow else "not slow"]
    if not _has_option(options, "-n", "--numprocesses"):
        options += ["-n", PROCESSES, "--dist", "worksteal"]
    return options, files


def _has_option(arguments: Sequence[str], *names: str) -> bool:
    return any(a == n or a.startswith(n + "=") for a in arguments for n in names) or any(
        re.match(n + r"\w", a) for a in arguments for n in names if len(n) == 2
    )


def _take_chunk(arguments: list[str], root: Path) -> list[str]:
    """Remove `--chunk K/N` from the arguments; return the test files of that part, else nothing."""
    for position, argument in enumerate(arguments):
        if argument == "--chunk":
            value = arguments[position + 1] if position + 1 < len(arguments) else ""
            del arguments[position : position + 2]
        elif argument.startswith("--chunk="):
            value = argument.partition("=")[2]
            del arguments[position]
        else:
            continue
        match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", value)
        if not match or int(match[1]) > int(match[2]):
            raise XtaskError(f"--chunk wants K/N with K from 1 to N, not {value!r}", code=2)
        return chunk(sorted((root / "tests").rglob("test_*.py")), int(match[1]), int(match[2]))
    return []


def chunk(files: Sequence[Path], which: int, parts: int) -> list[str]:
    """The `which`-th (from 1) of `parts` parts of the files; together they are all of them."""
    return [str(path) for path in files[which - 1 :: parts]]


def lint(context: Context) -> int:
    """Run every check even when one fails, then name those that failed."""
    failed = []
    for name, command in linters(context):
        with timed(name):
            if context.environment.run(command) != 0:
                failed.append(name)
    if failed:
        fail(f"{len(failed)} checks failed: {', '.join(failed)}")
        return 1
    note("every check passed")
    return 0


def linters(context: Context) -> list[tuple[str, Command]]:
    """Every check as (name, command)."""
    python = str(context.place.python)
    binaries = context.place.venv / "bin"
    checks: list[tuple[str, Command]] = [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format --check", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy --strict", [python, "-m", "mypy"]),
        ("import layers", [str(binaries / "lint-imports")]),
        ("schemas up to date", [python, "-m", "rusta_conductor.publish", "--check"]),
    ]
    if _has_native(context):
        native = ["--manifest-path", str(NATIVE_MANIFEST)]
        clippy = ["cargo", "clippy", *native, "--offline", "--locked", "--all-targets"]
        checks += [
            ("cargo fmt --check", ["cargo", "fmt", *native, "--check"]),
            ("cargo clippy", [*clippy, "--", "-D", "warnings"]),
        ]
    return checks


def formatters(context: Context) -> list[tuple[str, Command]]:
    """Every formatter as (name, command)."""
    python = str(context.place.python)
    commands: list[tuple[str, Command]] = [
        ("ruff check --fix", [python, "-m", "ruff", "check", "--fix", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "."]),
    ]
    if _has_native(context):
        commands.append(("cargo fmt", ["cargo", "fmt", "--manifest-path", str(NATIVE_MANIFEST)]))
    return commands


def _has_native(context: Context) -> bool:
    return (context.place.root / NATIVE_MANIFEST).is_file()
