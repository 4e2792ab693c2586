"""Where the crate itself declares what a message names: the fact that the compiler often leaves for the reader to find."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rusta_docs.explaining.frames import Read
from rusta_docs.explaining.rules import rules
from rusta_docs.sources import Item, items_of
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.diagnostic import Diagnostic

_NAMED = re.compile(r"`(?:[A-Za-z_]\w*::)*([A-Za-z_]\w*)(?:<[^`]*>)?`")
_MOST = 2
_PARTS = ("field", "variant")
# What is looked through; explanations have to be quick on large crates too.
_MOST_FILES = 2000
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Declared:
    """A declaration, its file, and the place of its name (lines and columns from 1).

    ``holder`` is what can be cited of it: the type, for a field or a variant.
    """

    path: str
    item: Item
    holder: Item
    line: int
    column: int
    width: int
    data: bytes


class Declarations:
    """The declarations of a crate, by name.

    Args:
        paths: its Rust files. read: their bytes.
    """

    def __init__(self, paths: Iterable[str], read: Read) -> None:
        self._paths = sorted(path for path in paths if path.endswith(".rs"))[:_MOST_FILES]
        self._read = read

    def of(self, diagnostic: Diagnostic) -> tuple[Declared, ...]:
        """What the message names and this crate declares; nothing for codes where that is no news."""
        if diagnostic.code not in rules()["declared"]["codes"]:
            return ()
        names = list(dict.fromkeys(_NAMED.findall(diagnostic.message)))
        found: list[Declared] = []
        for name in names:
            own = self._named(name)
            # `field x of struct S`: the one that belongs to what else is named.
            closer = [one for one in own if set(one.item.path[:-1]) & set(names)]
            own = closer or own
            if len(own) == 1 and own[0] not in found:
                found.append(own[0])
        inner = [one for one in found if not any(_holds(one, other) for other in found)]
        return tuple(inner[:_MOST])

    def _named(self, name: str) -> list[Declared]:
        found = []
        for path in self._paths:
            data = self._read(path)
            if data is None or len(data) > _LARGEST or name.encode() not in data:
                continue
            items = _items(data)
            found += [_placed(path, item, items, data) for item in items if item.name == name]
        return found


def _holds(outer: Declared, inner: Declared) -> bool:
    """A type need not be shown beside the field of it that is meant."""
    return outer.path == inner.path and outer.item.start < inner.item.start and inner.item.end <= outer.item.end


def _placed(path: str, item: Item, items: tuple[Item, ...], data: bytes) -> Declared:
    before = data[: item.name_start]
    start = before.rfind(b"\n") + 1
    column = len(before[start:].decode("utf-8", "replace")) + 1
    width = len(data[item.name_start : item.name_end].decode("utf-8", "replace"))
    holder = next((i for i in items if item.kind in _PARTS and i.path == item.path[:-1]), item)
    return Declared(path, item, holder, before.count(b"\n") + 1, column, width, data)


def _items(data: bytes) -> tuple[Item, ...]:
    return _cut(sha256_hex(data), data)


@lru_cache(maxsize=64)
def _cut(_digest: str, data: bytes) -> tuple[Item, ...]:
    return tuple(items_of(data))
