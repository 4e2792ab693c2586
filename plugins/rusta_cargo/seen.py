"""What the warm target folder of a lane has seen, kept beside it between episodes.

Cargo calls a file unchanged when its time is not later than the last build, and the target folder outlives the episode.
The sandbox already gives every file it changes a fresh time and remembers times across episodes; this ledger closes
what times cannot tell: a base file with other content under the same time, size and inode. It also remembers which
files build scripts wrote into the tree: those are gone in the next episode, while cargo still counts the script as run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_FILE = "seen.json"


@dataclass(frozen=True)
class Seen:
    """content: path → SHA-256 of the base as it was last laid. generated: paths that builds wrote into the tree.

    outside: the same as content for the trees beside the base, whose times cannot be changed; at_ns: when that was.
    """

    content: Mapping[str, str] = field(default_factory=dict)
    generated: frozenset[str] = frozenset()
    outside: Mapping[str, str] = field(default_factory=dict)
    at_ns: int = 0

    def stale(self, base: Mapping[str, str]) -> set[str]:
        """Files of ``base`` that need a fresh time before anything is built.

        A file the ledger does not know counts as changed, unless the ledger is empty, as beside an empty target folder.
        """
        if not self.content:
            return set()
        changed = {path for path, digest in base.items() if self.content.get(path) != digest}
        for path in self.generated - base.keys():
            changed |= _scripts_above(path, base)
        return changed

    def misled(self, outside: Mapping[str, tuple[str, int]]) -> bool:
        """Cargo would miss a change outside: path → (SHA-256, mtime_ns) has new content under an old time.

        The target folder is of no use then.
        """
        return any(
            self.outside.get(path) != digest and mtime_ns <= self.at_ns for path, (digest, mtime_ns) in outside.items()
        )


def load(folder: Path) -> Seen:
    """The ledger in ``folder``; an empty one when there is none or it cannot be read."""
    try:
        raw = json.loads((folder / _FILE).read_bytes())
        content = {str(path): str(digest) for path, digest in raw["content"].items()}
        outside = {str(path): str(digest) for path, digest in raw["outside"].items()}
        return Seen(content, frozenset(map(str, raw["generated"])), outside, int(raw["at_ns"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Seen()


def save(folder: Path, seen: Seen) -> None:
    """Write the ledger, atomically."""
    temporary = folder / f"{_FILE}.new"
    text = json.dumps(
        {
            "content": dict(seen.content),
            "generated": sorted(seen.generated),
            "outside": dict(seen.outside),
            "at_ns": seen.at_ns,
        }
    )
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
        file.write(text)
    temporary.replace(folder / _FILE)


def _scripts_above(path: str, base: Mapping[str, str]) -> set[str]:
    found = {str(folder / "build.rs") for folder in PurePosixPath(path).parents} & base.keys()
    return found or {name for name in base if PurePosixPath(name).name == "build.rs"}
