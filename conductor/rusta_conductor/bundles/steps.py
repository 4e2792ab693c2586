"""The places between two effects on the disk, by name, so that a test can end the program at each of them."""

from __future__ import annotations


def reached(name: str) -> None:
    """Called after every single effect. Does nothing; tests put a killer or a failing disk in its place."""
