"""The rows of ``rusta episodes``: from the index, or from the logs themselves when the index cannot be used."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from rusta_conductor.cli.context import Context
from rusta_conductor.home import Home
from rusta_devlog import DevLogError, DevLogStore
from rusta_devlog.errors import IndexFailed
from rusta_devlog.index import DevLogIndex

Row = dict[str, Any]
_STATES = {"opened": "open", "resumed": "open", "parked": "parked", "closed": "closed"}
_GOAL_LENGTH = 48


def episode_rows(home: Home) -> tuple[list[Row], list[str]]:
    """All episodes, latest first, and remarks for the user.

    A row has id, domain, goal, state (running, interrupted, parked or closed), outcome, opened, last, calls, problem.
    """
    store = DevLogStore(home.devlog)
    if not store.directory.is_dir():
        return [], []
    try:
        rows, notes = _from_index(store)
    except IndexFailed as error:
        rows, notes = [_from_log(store, episode) for episode in store.episodes()], [str(error)]
        rows.sort(key=lambda row: row["opened"] or "", reverse=True)
    for row in rows:
        if row["state"] == "open":
            row["state"] = "running" if is_locked(store.path(row["id"]) / "lock") else "interrupted"
    return rows, notes


def shown(row: Row) -> tuple[str, ...]:
    """A row as the cells of the table."""
    opened = str(row["opened"] or "")[:19].replace("T", " ")
    outcome = row["outcome"] or ("damaged log" if row["problem"] else "")
    return (
        row["id"], row["domain"] or "", goal_summary(row["goal"]), row["state"] or "", outcome, opened,
        str(row["calls"]),
    )  # fmt: skip


def goal_summary(goal: object) -> str:
    """A goal in a few words: its texts, paths and digests shortened. Numbers and switches say little by themselves."""
    if not isinstance(goal, Mapping):
        return "" if goal is None else _short(str(goal))
    texts = [value for value in goal.values() if isinstance(value, str) and value]
    return _short(" ".join(map(_word, texts)))


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock file ``path``; asked of the kernel's list, so that nobody is disturbed."""
    try:
        about = path.stat()
        listing = Path("/proc/locks").read_text("ascii", "replace")
    except OSError:
        return False
    # 1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF
    inodes = {
        fields[5].rpartition(":")[2]
        for fields in map(str.split, listing.splitlines())
        if len(fields) > 5 and fields[1] == "FLOCK"
    }
    return str(about.st_ino) in inodes


def complete_episode(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Episode ids for the shell."""
    home = ctx.find_root().ensure_object(Context).home
    return [e for e in DevLogStore(home.devlog).episodes() if e.startswith(incomplete)]


def _from_index(store: DevLogStore) -> tuple[list[Row], list[str]]:
    with DevLogIndex(store) as index:
        index.catch_up()
        calls = Counter(row["episode"] for row in index.entries(kind="done"))
        rows = [
            {
                "id": row["id"],
                "domain": row["domain"],
                "goal": json.loads(row["goal"]) if row["goal"] else None,
                "state": row["status"],
                "outcome": row["outcome"],
                "opened": row["opened"],
                "last": row["last"],
                "calls": calls[row["id"]],
                "problem": row["problem"],
            }
            for row in index.episodes()
        ]
        return rows, list(index.notes)


def _from_log(store: DevLogStore, episode: str) -> Row:
    row: Row = dict.fromkeys(("domain", "goal", "state", "outcome", "opened", "last", "problem"))
    row |= {"id": episode, "calls": 0}
    try:
        for _, _, entry in store.reader(episode):
            kind, data = entry.get("kind"), entry.get("data")
            data = data if isinstance(data, dict) else {}
            row["opened"] = row["opened"] or entry.get("ts")
            row["last"] = entry.get("ts")
            row["calls"] += kind == "done"
            if kind == "opened":
                row["domain"], row["goal"] = data.get("domain"), data.get("goal")
            if kind in _STATES:
                row["state"], row["outcome"] = _STATES[str(kind)], data.get("outcome")
    except DevLogError as error:
        row["problem"] = str(error)
    return row


def _word(text: str) -> str:
    """An absolute path by its last two parts, a digest by its beginning."""
    if text.startswith("/"):
        return "/".join(text.rstrip("/").split("/")[-2:])
    return text[:12] if len(text) == 64 and text.isalnum() else text


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _GOAL_LENGTH else f"{line[: _GOAL_LENGTH - 1]}…"
