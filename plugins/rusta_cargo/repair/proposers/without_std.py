"""Paths into ``std`` in a crate that does without it: E0433 and E0432 of ``std`` under ``#![no_std]``.

What ``core`` has is taken from there, what needs memory from ``alloc``; the crate's root links ``alloc`` where nothing
does yet. All such paths of the crate are written at once, imports and others alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.lexer import tokens
from rusta_cargo.repair.code.no_std import instead, root_of, without_std
from rusta_cargo.repair.code.units import outside_library
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable

_SURE = 0.94


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """``core`` and ``alloc`` for ``std``."""
    done: set[str] = set()
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        told = f"{error.message} {'' if place is None else place.label or ''}"
        if place is None or error.code not in ("E0432", "E0433") or not re.search(r"`std(?:::[^`]*)?`", told):
            continue
        package = situation.project.package_of(place.path)
        root = root_of(situation, place.path) or place.path
        if root in done or not without_std(situation, root):
            continue
        done.add(root)
        index = ItemIndex.of(situation)
        files = [path for path in index.modules if package is None or not outside_library(package, path)]
        wanted = {e.primary.path for e in situation.diagnostics if e.primary is not None and e.code == error.code}
        parts = [part for path in files if path in wanted for part in _paths(situation, path)]
        if parts:
            if any(part.text == "alloc" for part in parts) and not _links_alloc(situation, root):
                parts.append(_link(situation, root))
            yield Candidate(
                "take it from `core` and `alloc`, as the crate has no `std`", tuple(parts), _SURE,
                diagnostic=number if len(wanted) == 1 and len(parts) == 1 else None, cites=(error.code or "",),
            )  # fmt: skip


def _read(situation: Situation, path: str) -> bytes:
    try:
        return situation.source(path)
    except SourceUnavailable:
        return b""


def _links_alloc(situation: Situation, root: str) -> bool:
    return re.search(rb"\bextern\s+crate\s+alloc\b", _read(situation, root)) is not None


def _paths(situation: Situation, path: str) -> Iterator[Replacement]:
    stream = list(tokens(_read(situation, path)))
    for place, token in enumerate(stream[:-2]):
        before = stream[place - 1].text if place else b""
        if token.text != b"std" or stream[place + 1].text != b"::" or before == b"::":
            continue
        module = str(stream[place + 2])
        names = [str(part) for part in stream[place + 3 : place + 24]]
        if ";" in names:
            names = names[: names.index(";")]
        head = instead([module], names[:12])
        if head is not None:
            yield edits.replace(path, token.start, token.end, head)


def _link(situation: Situation, root: str) -> Replacement:
    """``extern crate alloc;`` after the inner attributes and documentation of the root."""
    source = _read(situation, root)
    head = re.match(rb"(?:[ \t]*(?://![^\n]*|#!\[[^\n]*\])?\n)*", source)
    at = head.end() if head else 0
    gap = "" if source[:at].endswith(b"\n\n") or not at else "\n"
    return edits.insert(root, at, f"{gap}extern crate alloc;\n\n")
