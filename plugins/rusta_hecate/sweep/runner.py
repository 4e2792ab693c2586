"""Runs independent trials over an executor; what is done is on disk, so a stopped run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed
from pathlib import Path
from typing import Any, Protocol, TypeVar

RECORDS = "records.jsonl"
_TEXT = "text"


class Trial(Protocol):
    """What is tried: plain data with a name."""

    @property
    def key(self) -> str:
        """Its name in records."""


class Found(Protocol):
    """What a trial found."""

    @property
    def key(self) -> str:
        """The trial's name."""

    def to_json(self) -> dict[str, Any]:
        """Its fields, for the record."""


T = TypeVar("T", bound=Trial)
F = TypeVar("F", bound=Found)


def read(path: Path, text: bytes, make: Callable[..., F]) -> dict[str, F]:
    """What was found on this text, by key. A line that a kill cut off is passed over: its trial is run again."""
    found: dict[str, F] = {}
    if not path.exists():
        return found
    about = digest(text)
    for line in path.read_text("utf-8", "replace").splitlines():
        try:
            fields = json.loads(line)
            if fields.pop(_TEXT) == about:
                one = make(**fields)
                found[one.key] = one
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found


def work(
    wanted: Sequence[T], run: Callable[[T, bytes], F], make: Callable[..., F], text: bytes, path: Path,
    executor: Executor, progress: Callable[[F, int], None] | None = None,
) -> dict[str, F]:  # fmt: skip
    """Run what is not yet recorded at ``path``, record each as it comes, and return all that was asked for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = read(path, text, make)
    waiting = [executor.submit(run, trial, text) for trial in wanted if trial.key not in done]
    _end_cut_line(path)
    about = digest(text)
    try:
        with path.open("a", encoding="utf-8") as records:
            for left, future in zip(range(len(waiting) - 1, -1, -1), as_completed(waiting), strict=True):
                found = future.result()
                records.write(json.dumps({_TEXT: about, **found.to_json()}) + "\n")
                records.flush()
                done[found.key] = found
                if progress is not None:
                    progress(found, left)
    finally:
        for future in waiting:
            future.cancel()
    return {trial.key: done[trial.key] for trial in wanted}


def digest(text: bytes) -> str:
    """What tells records of one text from those of another."""
    return hashlib.sha256(text).hexdigest()[:16]


def _end_cut_line(path: Path) -> None:
    """A record after a cut line must begin on a line of its own."""
    if path.exists() and path.read_bytes()[-1:] not in (b"", b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")
