"""Which references of a written type are ``mut``, and the edits that make them others."""

from __future__ import annotations

import re

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.proposer import Replacement

_MARK = re.compile(r"&(?!&)\s*('\w+\s+)?(mut\b\s*)?")


def marks(kind: str) -> list[bool]:
    """Whether each reference of the type is mutable, in the order of the text."""
    return [found[2] is not None for found in _MARK.finditer(kind)]


def only_marks_differ(left: str, right: str) -> bool:
    """The types are one but for ``mut`` behind some ``&``; holes match anything."""
    return (
        marks(left) != marks(right)
        and len(marks(left)) == len(marks(right))
        and types.same(*map(_shared, (left, right)))
    )


def _shared(kind: str) -> str:
    return _MARK.sub("&", kind)


def remarked(path: str, start: int, written: str, wanted: list[bool]) -> tuple[Replacement, ...]:
    """The edits after which the references of ``written`` (which begins at byte ``start``) are as ``wanted``."""
    found = list(_MARK.finditer(written))
    if len(found) != len(wanted):
        return ()
    changes = []
    for mark, mutable in zip(found, wanted, strict=True):
        byte = start + len(written[: mark.start(2) if mark[2] else mark.end()].encode())
        if mutable and mark[2] is None:
            changes.append(edits.insert(path, byte, "mut "))
        elif not mutable and mark[2] is not None:
            changes.append(edits.delete(path, byte, byte + len(mark[2].encode())))
    return tuple(changes)
