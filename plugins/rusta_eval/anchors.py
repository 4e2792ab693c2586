"""Whether the anchors of a bundle lead to what they cite, looked up by our own code."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from rusta_cargo import Toolchain
from rusta_conductor.errors import UsageError
from rusta_conductor.home import Home
from rusta_conductor.sessions import read_recording
from rusta_devlog import DevLogStore
from rusta_schemas.anchor import Anchor
from rusta_schemas.canonical import sha256_hex

# How an origin begins, and the tool that gives its text.
_EXPLAINERS = (("rustc --explain", "rustc"), ("cargo clippy --explain", "cargo-clippy"))


def resolved(anchors: Iterable[Anchor], toolchain: Toolchain, home: Home, episode: str, tree: Path) -> int:
    """How many of ``anchors`` hold: the document is there, and the cited bytes have the cited hash."""
    return sum(_holds(anchor, toolchain, home, episode, tree) for anchor in anchors)


def _holds(anchor: Anchor, toolchain: Toolchain, home: Home, episode: str, tree: Path) -> bool:
    if anchor.origin == "devlog":
        return anchor.text_sha256 in _messages(home, episode, anchor.path)
    for begins, tool in _EXPLAINERS:
        if anchor.origin.startswith(begins):
            return anchor.holds(_explained(toolchain, tool, anchor.path))
    places = [tree / anchor.path]
    if toolchain.docs is not None:
        places.insert(0, toolchain.docs / anchor.path)
    return any(place.is_file() and anchor.holds(place.read_bytes()) for place in places)


def _explained(toolchain: Toolchain, tool: str, name: str) -> bytes:
    """What a tool of the toolchain says of an error code or a lint; nothing when the tool is not there."""
    try:
        place = toolchain.tool(tool)
    except UsageError:
        return b""
    # clippy's own lookup starts its driver, which it finds on PATH.
    env = {**os.environ, "PATH": f"{place.parent}{os.pathsep}{os.environ.get('PATH', '')}", "RUSTUP_AUTO_INSTALL": "0"}
    try:
        done = subprocess.run(
            [str(place), "--explain", name], capture_output=True, check=False, timeout=30, cwd="/", env=env
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout


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
