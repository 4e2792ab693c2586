"""Runs a sweep over an executor; what is done is on disk, so a stopped sweep goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Executor, as_completed
from pathlib import Path

from rusta_hecate.sweep.trial import Combination, Outcome, run

RECORDS = "records.jsonl"


def read(folder: Path) -> dict[str, Outcome]:
    """Outcomes by key; a line that a kill cut off is passed over, its combination is run again."""
    found: dict[str, Outcome] = {}
    path = folder / RECORDS
    if not path.exists():
        return found
    for line in path.read_text("utf-8", "replace").splitlines():
        try:
            outcome = Outcome(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found[outcome.key] = outcome
    return found


def sweep(
    wanted: list[Combination], text: bytes, folder: Path, executor: Executor,
    progress: Callable[[Outcome, int], None] | None = None,
) -> dict[str, Outcome]:  # fmt: skip
    """Run what is not yet recorded, record each as it comes, and return all that was asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    done = read(folder)
    missing = [c for c in wanted if c.key not in done]
    waiting = [executor.submit(run, c, text) for c in missing]
    _end_cut_line(folder / RECORDS)
    with (folder / RECORDS).open("a", encoding="utf-8") as records:
        for left, future in zip(range(len(waiting) - 1, -1, -1), as_completed(waiting), strict=True):
            outcome = future.result()
            records.write(json.dumps(outcome.to_json()) + "\n")
            records.flush()
            done[outcome.key] = outcome
            if progress is not None:
                progress(outcome, left)
    return {c.key: done[c.key] for c in wanted}


def _end_cut_line(path: Path) -> None:
    """A record after a cut line must begin on a line of its own."""
    if path.exists() and path.read_bytes()[-1:] not in (b"", b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")
