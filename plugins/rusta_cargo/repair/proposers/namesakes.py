"""A value of a type that has the name of the one that was expected: E0308 between ``Error`` and ``fmt::Error``.

The path of the expected type is written in front, as far as the file knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_ALIKE = "have similar names, but are actually distinct types"
_DECLARED = re.compile(r"`([\w:]+)` is defined in module `([\w:]+)` of the current crate")
_PRIOR = 0.85
_PARTS = {"call_expression": "function", "struct_expression": "name", "scoped_identifier": "path"}
_NAMES = ("identifier", "type_identifier")


def _answers(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if (
        told is None
        or case.place.macro is not None
        or not any(_ALIKE in note.message for note in case.diagnostic.notes)
    ):
        return
    expected = types.split_generic(told.expected)[0]
    path, _, last = expected.rpartition("::")
    path = _module(case, expected) or path
    name = _head(case.node)
    if not path or name is None or text(name) != last or types.head(told.found) != last:
        return
    prefix = _from_here(case.source, path)
    change = edits.insert(case.path, name.start_byte, f"{prefix}::")
    yield Answer(f"write `{prefix}::{last}`, which is another type", (change,), _PRIOR)


def _module(case: Case, expected: str) -> str | None:
    """Where a type of this crate is declared, in full; messages shorten it."""
    for note in case.diagnostic.notes:
        found = _DECLARED.match(note.message)
        if found is not None and found[1] == expected:
            return found[2]
    return None


def _head(node: Node) -> Node | None:
    """The first name of a path, a call of one, or a struct expression."""
    while node.type in _PARTS:
        inner = node.child_by_field_name(_PARTS[node.type])
        if inner is None:
            return None
        node = inner
    return node if node.type in _NAMES else None


def _from_here(source: bytes, path: str) -> str:
    """The part of a module's path that the file has to write."""
    near = path.rpartition("::")[2]
    known = rb"\buse\s[^;]*\b%s\s*(?:[;,}]|::\s*\{\s*self\b)" % near.encode()
    if path == f"crate::{near}":  # a module of the root
        known += rb"|\bmod\s+%s\b" % near.encode()
    if re.search(known, source):
        return near
    return path


propose = answering({"E0308": (_answers,)})
