"""The names of the standard library, from a list made of the documentation that comes with the toolchain.

The list is data (``data/std_names.txt``, a kind and a path a line); ``python -m rusta_cargo.repair.std_names`` makes it
anew from ``std/all.html`` of the installed documentation.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

_FILE = "std_names.txt"
_LINK = re.compile(r'<a href="([^"]+)">')
_KINDS = ("struct", "enum", "trait", "fn", "macro", "constant", "type", "union", "derive", "static")
# Shorter paths come first when several items have one name; these modules are what people mean.
_FIRST = (
    "std::collections",
    "std::fmt",
    "std::io",
    "std::rc",
    "std::sync",
    "std::cell",
    "std::ops",
    "std::cmp",
)


@dataclass(frozen=True)
class StdName:
    kind: str
    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition("::")[2]

    @property
    def module(self) -> str:
        return self.path.rpartition("::")[0]


@cache
def std_names() -> tuple[StdName, ...]:
    """All items of the standard library that have a page of their own, likeliest first among those of one name."""
    lines = (files("rusta_cargo.repair") / "data" / _FILE).read_text("utf-8").splitlines()
    rows = [StdName(*line.split(" ", 1)) for line in lines if line and not line.startswith("#")]
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                row.name,
                not row.path.startswith(_FIRST),
                row.path.count("::"),
                row.path,
            ),
        )
    )


@cache
def std_modules() -> frozenset[str]:
    """The modules of the standard library that hold such items, with all the modules above them."""
    found: set[str] = set()
    for row in std_names():
        parts = row.module.split("::")
        found.update("::".join(parts[: n + 1]) for n in range(len(parts)))
    return frozenset(found)


def named(name: str, *kinds: str) -> list[StdName]:
    """The items called ``name``, of ``kinds`` if any are given."""
    return [row for row in _by_name().get(name, ()) if not kinds or row.kind in kinds]


@cache
def _by_name() -> dict[str, list[StdName]]:
    found: dict[str, list[StdName]] = {}
    for row in std_names():
        found.setdefault(row.name, []).append(row)
    return found


def children(module: str) -> list[str]:
    """The names directly in a module: items and modules."""
    items = {row.name for row in std_names() if row.module == module}
    below = {path.rpartition("::")[2] for path in std_modules() if path.rpartition("::")[0] == module}
    return sorted(items | below)


def read_all_items(page: str) -> list[StdName]:
    """The names on an ``all.html`` page of rustdoc."""
    found: set[tuple[str, str]] = set()
    for link in _LINK.findall(page):
        folder, _, file = link.rpartition("/")
        kind, _, rest = file.partition(".")
        if kind in _KINDS and rest.endswith(".html") and not link.startswith(("..", "http", "#")):
            path = "::".join(["std", *folder.split("/"), rest.removesuffix(".html")]) if folder else f"std::{rest[:-5]}"
            found.add((kind, path))
    return [StdName(kind, path) for kind, path in sorted(found, key=lambda row: (row[1], row[0]))]


def _main() -> None:
    from rusta_cargo.toolchain import find_toolchain

    toolchain = find_toolchain(Path.cwd())
    docs = toolchain.docs
    if docs is None:
        sys.exit("the toolchain has no documentation; install the component rust-docs")
    rows = read_all_items((docs / "std" / "all.html").read_text("utf-8"))
    text = f"# Made from std/all.html of the documentation of Rust {toolchain.release}.\n"
    text += "".join(f"{row.kind} {row.path}\n" for row in rows)
    (Path(__file__).parent / "data" / _FILE).write_text(text, "utf-8")


if __name__ == "__main__":
    _main()
