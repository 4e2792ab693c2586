"""How fast appending is, against two peers in the same run.

The peers get the same bytes and give the same promise, one durable event at a time: sqlite3 in WAL mode with
``synchronous=FULL`` and one event a commit, and an append to a plain file followed by ``fdatasync``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from rusta_devlog.writer import DevLog
from rusta_schemas.canonical import canonical_bytes

ROUNDS = 5


def run(n: int, directory: Path | str) -> dict[str, Any]:
    """Append ``n`` events in all to each of the three, in five interleaved rounds.

    Args:
        directory: a folder on the disk to measure; a temporary folder in it is used and removed.

    Returns:
        ``appends_per_second`` of each (median of the rounds), and the ratios ``vs_sqlite`` and ``vs_fdatasync``: how
        many times as fast the DevLog is (median of the rounds' ratios; above 1 is faster).
    """
    each = max(n // ROUNDS, 1)
    contenders: dict[str, Callable[[Path, int], float]] = {
        "devlog": _devlog,
        "sqlite": _sqlite,
        "fdatasync": _fdatasync,
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    work = Path(tempfile.mkdtemp(prefix="bench-devlog-", dir=directory))
    try:
        for number in range(ROUNDS):
            for name, contender in contenders.items():
                seconds[name].append(contender(work / f"{name}-{number}", each))
    finally:
        shutil.rmtree(work, ignore_errors=True)

    def ratio(peer: str) -> float:
        return median(p / d for p, d in zip(seconds[peer], seconds["devlog"], strict=True))

    return {
        "events_a_round": each,
        "rounds": ROUNDS,
        "appends_per_second": {name: each / median(times) for name, times in seconds.items()},
        "vs_sqlite": ratio("sqlite"),
        "vs_fdatasync": ratio("fdatasync"),
    }


def _entry(number: int) -> dict[str, Any]:
    output = {"v": 1, "verb": "check_tree", "status": "ok", "summary": "1 error", "ms": 412.5}
    data = {"key": f"{number:064x}", "sha256": "0" * 64, "output": output, "ms": 412.5}
    ts = "2024-01-01T00:00:00.000000Z"
    return {"v": 1, "ts": ts, "episode": "bench", "kind": "done", "data": data}


def _devlog(path: Path, n: int) -> float:
    with DevLog.create(path, "bench") as log:
        start = time.perf_counter()
        for number in range(n):
            log.append(_entry(number))
        return time.perf_counter() - start


def _sqlite(path: Path, n: int) -> float:
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, entry BLOB)")
        start = time.perf_counter()
        for number in range(n):
            connection.execute("INSERT INTO events (entry) VALUES (?)", (canonical_bytes(_entry(number)),))
        return time.perf_counter() - start
    finally:
        connection.close()


def _fdatasync(path: Path, n: int) -> float:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        start = time.perf_counter()
        for number in range(n):
            os.write(fd, canonical_bytes(_entry(number)) + b"\n")
            os.fdatasync(fd)
        return time.perf_counter() - start
    finally:
        os.close(fd)
