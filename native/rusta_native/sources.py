"""Whether the built library came from the sources that lie beside it, as they do in a checkout."""

from __future__ import annotations

import hashlib
from pathlib import Path

STAMP = "stamp"


def source_hash(native: Path) -> str:
    """SHA-256 over all of a checkout's ``native`` folder that decides what is built.

    Raises:
        OSError: a file cannot be read.
    """
    total = hashlib.sha256()
    sources = [native / "Cargo.toml", native / "Cargo.lock", *sorted((native / "src").rglob("*.rs"))]
    for path in sources:
        data = path.read_bytes()
        total.update(f"{path.relative_to(native).as_posix()} {len(data)}\n".encode() + data)
    return total.hexdigest()


def built_from(products: Path) -> str | None:
    """The hash of the sources that ``products`` were built from; None when no stamp tells."""
    try:
        words = (products / STAMP).read_text("ascii").split()
    except (OSError, ValueError):
        return None
    return words[0] if words else None


def is_stale(package: Path) -> bool:
    """Whether the products in the folder ``package/_bin`` are not those of the sources beside ``package``.

    An installed package has no sources beside it, and its products are what they should be.
    """
    try:
        return built_from(package / "_bin") != source_hash(package.parent)
    except OSError:
        return False
