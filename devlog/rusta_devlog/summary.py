"""One line for a person, and the columns of the index, for any entry, also of a kind nobody knows yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Row:
    """The columns of an entry that people filter and read by. None: the entry does not say."""

    ts: str
    kind: str
    verb: str | None
    ok: bool | None
    ms: float | None
    summary: str
    key: str | None = None


class Summariser:
    """Makes rows, in the log's order: a call's end is named after the verb its beginning told."""

    def __init__(self, verbs: Mapping[str, str] | None = None) -> None:
        self._verbs = dict(verbs or {})

    def row(self, entry: Mapping[str, Any]) -> Row:
        """The row of one entry. Never fails on an entry of an unexpected shape."""
        kind = _text(entry.get("kind")) or "?"
        data = entry.get("data")
        data = data if isinstance(data, dict) else {}
        action, output = _dict(data.get("action")), _dict(data.get("output"))
        key = _text(data.get("key"))
        verb = _text(action.get("verb")) or _text(output.get("verb")) or _text(data.get("verb"))
        if verb and key and kind == "started":
            self._verbs[key] = verb
        verb = verb or (self._verbs.get(key) if key else None)
        ms = data.get("ms")
        return Row(
            ts=_text(entry.get("ts")) or "",
            kind=kind,
            verb=verb,
            ok=_outcome(kind, data, output),
            ms=float(ms) if isinstance(ms, int | float) and not isinstance(ms, bool) else None,
            summary=_clip(_summary(kind, data)),
            key=key,
        )


def compact(value: object) -> str:
    """A value on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "), sort_keys=True)


def _outcome(kind: str, data: dict[str, Any], output: dict[str, Any]) -> bool | None:
    if kind == "refused":
        return False
    if "status" in output:
        return bool(output["status"] == "ok")
    ok = data.get("ok")
    return ok if isinstance(ok, bool) else None


def _summary(kind: str, data: dict[str, Any]) -> str:
    try:
        say = _SAYINGS.get(kind)
        return say(data) if say else compact(data) if data else ""
    except (KeyError, TypeError, ValueError, AttributeError):
        return compact(data)


def _done(data: dict[str, Any]) -> str:
    output = data.get("output")
    if output:
        return f"{output['status']}: {output['summary']}"
    return f"output in blob {data['blob'][:12]}"


def _recovered(data: dict[str, Any]) -> str:
    return f"{data['bytes']} unfinished bytes at {data['offset']} of {data['file']} kept as {data['kept_as']}"


def _transition(data: dict[str, Any]) -> str:
    arrow = f"{data['source']} --{data['signal']}--> {data['target']}"
    return arrow if data.get("ok", True) else f"{arrow} refused"


# Columns that stand beside the summary (verb, ms) are not repeated in it.
_SAYINGS: dict[str, Callable[[dict[str, Any]], str]] = {
    "opened": lambda d: f"{d['domain']}: {compact(d['goal'])}",
    "started": lambda d: compact(d["action"].get("args", {})),
    "done": _done,
    "refused": lambda d: f"{d['what']}: {d['why']} ({d['gate']})",
    "transition": _transition,
    "decision": lambda d: f"{d['topic']}: {compact(d['value'])}",
    "note": lambda d: str(d["text"]),
    "parked": lambda d: str(d["reason"]),
    "resumed": lambda d: f"{d['replayed']} calls answered from the log",
    "closed": lambda d: f"{d['outcome']}: {d['summary']}",
    "recovered": _recovered,
}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _clip(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
