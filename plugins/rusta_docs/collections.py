"""Which parts of the installed documentation are indexed; ``data/collections.toml`` says it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from rusta_docs.errors import UnknownCollection


@dataclass(frozen=True)
class Collection:
    """A folder of documents. ``name`` is the folder's, ``weight`` the worth of its passages in a search."""

    name: str
    title: str
    weight: float
    leave_out: tuple[str, ...]

    def takes(self, path: str) -> bool:
        """Whether the document at ``path``, below the collection's folder, belongs to it."""
        return path.endswith(".html") and not path.startswith(self.leave_out)


@dataclass(frozen=True)
class Found:
    """A document on disk. ``path`` is relative to the documentation's folder."""

    collection: str
    path: str
    size: int
    mtime_ns: int


def data_file(name: str) -> dict[str, object]:
    """A data file of this package."""
    return tomllib.loads((files("rusta_docs") / "data" / name).read_text("utf-8"))


@cache
def collections() -> tuple[Collection, ...]:
    """All collections, in the order in which they are indexed."""
    listed = data_file("collections.toml")["collection"]
    assert isinstance(listed, list)
    return tuple(
        Collection(item["name"], item["title"], float(item["weight"]), tuple(item["leave_out"])) for item in listed
    )


def require_collections(only: Iterable[str]) -> None:
    """Make sure that every name is a collection's. Raises UnknownCollection."""
    names = [collection.name for collection in collections()]
    for name in only:
        if name not in names:
            raise UnknownCollection(f"there is no collection {name!r}; there are {', '.join(names)}")


def scan(docs: Path, only: tuple[str, ...] = ()) -> list[Found]:
    """The documents below ``docs`` that are indexed, in the order of their paths within each collection.

    Args:
        only: names of collections; empty takes all.
    """
    found = []
    for collection in collections():
        if only and collection.name not in only:
            continue
        base = docs / collection.name
        for path, entry in _walk(str(base), ""):
            if collection.takes(path):
                status = entry.stat()
                found.append(
                    Found(
                        collection.name,
                        f"{collection.name}/{path}",
                        status.st_size,
                        status.st_mtime_ns,
                    )
                )
    return found


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in listed:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, f"{path}/")
        elif entry.is_file():
            yield path, entry
