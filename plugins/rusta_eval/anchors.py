"""Whether the anchors of a bundle lead to what they cite, looked up by our own code."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from rusta_cargo import Toolchain
from rusta_conductor.home import Home
from rusta_conductor.sessions import read_recording
from rusta_devlog import DevLogStore
from rusta_schemas.anchor import Anchor
from rusta_schemas.canonical import sha256_hex


def resolved(anchors: Iterable[Anchor], toolchain: Toolchain, home: Home, episode: str, tree: Path) -> int:
    """How many of ``anchors`` hold: the document is there, and the cited bytes have the cited hash."""
    return sum(_holds(anchor, toolchain, home, episode, tree) for anchor in anchors)


def _holds(anchor: Anchor, toolchain: Toolchain, home: Home, episode: str, tree: Path) -> bool:
    if anchor.origin == "devlog":
        return anchor.text_sha256 in _messages(home, episode, anchor.path)
    if anchor.origin.startswith("rustc --explain"):
        argv = [str(toolchain.tool("rustc")), "--explain", anchor.path]
        return anchor.holds(subprocess.run(argv, capture_output=True, check=False, timeout=30).stdout)
    places = [tree / anchor.path]
    if toolchain.docs is not None:
        places.insert(0, toolchain.docs / anchor.path)
    return any(place.is_file() and anchor.holds(place.read_bytes()) for place in places)


def _messages(home: Home, episode: str, path: str) -> set[str]:
    """The hashes of the messages that an anchor into the log may mean: of the compiler, or of failing tests."""
    parts = path.split("/", 3)
    if len(parts) < 3 or parts[0] != "calls":
        return set()
    observation = read_recording(DevLogStore(home.devlog).reader(episode)).result_of(parts[1])
    if observation is None:
        return set()
    keys, where = (
        (("message", "name"), "failed") if parts[2] == "failed" else (("rendered", "message"), "diagnostics")
    )  # fmt: skip
    found = observation.data.get(where)
    items = [item for item in (found if isinstance(found, list) else []) if isinstance(item, dict)]
    texts = [str(item.get(keys[0]) or item.get(keys[1])) for item in items]
    return {sha256_hex(text.encode("utf-8", "replace")) for text in texts}
