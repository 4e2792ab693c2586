"""The version of the installed distribution."""

from __future__ import annotations

from importlib import metadata


def rusta_version() -> str:
    """The version of the distribution ``rusta``, or ``unknown`` when it runs without being installed."""
    try:
        return metadata.version("rusta")
    except metadata.PackageNotFoundError:
        return "unknown"
