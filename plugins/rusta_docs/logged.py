"""The compiler's own words as an episode's log has them, for anchors whose origin is the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rusta_devlog import DevLogError, DevLogReader, DevLogStore

_PATH = re.compile(r"calls/([0-9a-f]{64})/diagnostic")


def logged_texts(home: Path, path: str, episode: str = "") -> Iterator[bytes]:
    """The messages that the call named by an anchor's path brought, one after the other.

    Args:
        path: ``calls/KEY/diagnostic``, KEY being the call's idempotency key.
        episode: whose log to look in; empty looks in all.
    """
    named = _PATH.fullmatch(path)
    if named is None:
        return
    store = DevLogStore(home / "devlog")
    for name in [episode] if episode else reversed(store.episodes()):
        try:
            output = _output(store.reader(name), named[1])
        except (DevLogError, OSError, ValueError):
            continue
        if output is not None:
            yield from _messages(output)
            return


def _output(reader: DevLogReader, key: str) -> Any:
    for item in reader:
        data = item.entry.get("data", {})
        if item.entry.get("kind") == "done" and data.get("key") == key:
            if data.get("blob"):
                return json.loads(reader.get_blob(data["blob"]))
            return data.get("output")
    return None


def _messages(value: Any) -> Iterator[bytes]:
    """Every diagnostic in a call's output, wherever it stands in it."""
    if isinstance(value, dict):
        if "rendered" in value and "message" in value:
            text = value["rendered"] or value["message"]
            yield str(text).encode("utf-8", "replace")
        for item in value.values():
            yield from _messages(item)
    elif isinstance(value, list):
        for item in value:
            yield from _messages(item)
