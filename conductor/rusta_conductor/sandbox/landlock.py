"""Rung landlock: a command on a copy, held by the native launcher, without namespaces."""

from __future__ import annotations

from pathlib import Path


def launcher() -> Path | None:
    """The native launcher, None where it was not built."""
    return None
