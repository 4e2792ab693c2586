"""A line on the terminal that follows a run's log while it grows."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_EVERY_S = 1.0


@contextmanager
def following(folder: Path, quiet: bool) -> Iterator[None]:
    """Show the newest step of the run in ``folder``; nothing where there is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_follow, args=(folder, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def newest(log: Path) -> str:
    """One line about the newest step of a log; empty while there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            lines = file.read().splitlines()
    except OSError:
        return ""
    rows = []
    for line in lines:
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    if not rows:
        return ""
    bits = sum(row["bits"] for row in rows) / len(rows)
    last = rows[-1]
    return f"step {last['step'] + 1}  {bits:.3f} bits a byte  rate {last['factor']:.2f}  {last['elapsed']:.0f} s"


def _follow(folder: Path, over: threading.Event) -> None:
    while not over.wait(_EVERY_S):
        sys.stderr.write(f"\r\033[K{newest(folder / 'log.jsonl')}")
        sys.stderr.flush()
    sys.stderr.write("\r\033[K")
