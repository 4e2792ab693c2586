"""Which toolchain's documentation is meant: the one that the cargo tools would use for a folder."""

from __future__ import annotations

from pathlib import Path

from rusta_docs.library import Library


def library_for(folder: Path, home: Path) -> Library:
    """The library of the toolchain that ``folder`` uses. Raises UsageError when there is none."""
    from rusta_cargo.toolchain import find_toolchain

    return Library.of(find_toolchain(folder), home)
