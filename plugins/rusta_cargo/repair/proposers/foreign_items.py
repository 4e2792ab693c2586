"""Words of other languages where Rust reads an item or a type: ``const`` for a local, ``def(A) -> B`` for a function type.

A ``const`` without type in a function, named as locals are, is the ``const`` of JavaScript: ``let``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text

_CONST = re.compile(r"missing type for `(const|static)` item")
_FUNCTIONS = ("def", "func", "function", "fun", "Func", "Function", "lambda", "Fun", "proc", "sub")
_LOCAL, _FUNCTION = 0.93, 0.95
_BEFORE = re.compile(rb"\b(const|static)(?=\s+(?:mut\s+)?\w+\s*$)")


def _local(case: Case) -> Iterator[Answer]:
    """``const name = value;`` in a function."""
    if _CONST.match(case.diagnostic.message) is None:
        return
    if nodes.function_of(nodes.node_at(case.root, case.place.start)) is None:
        return
    line = nodes.line_start(case.source, case.place.start)
    found = list(_BEFORE.finditer(case.source[line : case.place.start]))
    name = case.source[: case.place.start].split()[-1:]
    if found and name and not name[0].isupper():
        start, end = line + found[-1].start(), line + found[-1].end()
        yield Answer("declare a local with `let`", (edits.replace(case.path, start, end, "let"),), _LOCAL)


def _function_type(case: Case) -> Iterator[Answer]:
    """A list in parentheses behind a name of no type."""
    word = case.source[case.place.start : case.place.end].decode("utf-8", "replace")
    if word in _FUNCTIONS and case.source[case.place.end : case.place.end + 1] == b"(":
        holder = nodes.enclosing(nodes.node_at(case.root, case.place.start), ("generic_type", "function_type", "ERROR"))
        if holder is not None or "type" in text(case.node.parent):
            change = edits.replace(case.path, case.place.start, case.place.end, "fn")
            yield Answer("write the function type with `fn`", (change,), _FUNCTION)


propose = answering({None: (_local,), "E0425": (_function_type,), "E0412": (_function_type,)})
