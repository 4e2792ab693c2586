"""The manifest that an error of cargo is about, and whether a file of the tree is there."""

from __future__ import annotations

import re

from rusta_cargo.repair.proposer import Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic


def manifest_of(situation: Situation, error: Diagnostic) -> tuple[str, bytes] | None:
    """The manifest an error is about: by its place, else by the end of the path that it names."""
    named = re.findall(r"[^\s`]*Cargo\.toml", error.rendered)
    paths = [span.path for span in error.spans if span.path.endswith("Cargo.toml")]
    for path in named:
        pieces = path.split("/")
        paths += ["/".join(pieces[at:]) for at in range(1 if path.startswith("/") else 0, len(pieces))]
    for path in [*paths, "Cargo.toml"]:
        try:
            return path, situation.source(path)
        except (SourceUnavailable, LookupError, ValueError):
            continue
    return None


def exists(situation: Situation, path: str) -> bool:
    """The tree has this file, as text."""
    try:
        situation.source(path)
    except (SourceUnavailable, LookupError, ValueError):
        return False
    return True
