"""Failures handled where nothing can fail: ``unwrap`` and its like on a plain value, E0599.

A function that returned a ``Result`` or an ``Option`` does so no longer, or a lock cannot be poisoned; the call that
took the value out is left away. Where another type has a method of that name nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text

_TOLD = re.compile(
    r"^no method named `(\w+)` found for (?!enum `(?:std::option::)?Option<|enum `(?:std::result::)?Result<)"
)
# What takes a value out, and what only passes it on with its failure changed.
_TAKES = (
    "unwrap", "expect", "unwrap_or", "unwrap_or_default", "unwrap_or_else", "unwrap_unchecked",
    "map_err", "ok_or", "ok_or_else", "ok",
)  # fmt: skip
_SURE = ("unwrap", "expect")
_PLAIN, _WITH_DEFAULT = 0.85, 0.6


def _left_away(case: Case) -> Iterator[Answer]:
    told = _TOLD.match(case.diagnostic.message)
    call = nodes.enclosing(case.node, "call_expression")
    access = None if call is None else call.child_by_field_name("function")
    if told is None or told[1] not in _TAKES or call is None or access is None or access.type != "field_expression":
        return
    value, name = access.child_by_field_name("value"), access.child_by_field_name("field")
    if value is None or text(name) != told[1]:
        return
    gone = edits.delete(case.path, value.end_byte, call.end_byte)
    yield Answer(f"leave `.{told[1]}` away", (gone,), _PLAIN if told[1] in _SURE else _WITH_DEFAULT)


propose = answering({"E0599": (_left_away,)})
