"""Two ends given apart where a range is asked for: E0061 of a call whose parameter wants a range.

``gen_range(1, 7)`` for ``gen_range(1..7)``, as older releases of a library had it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering

_TOO_MANY = re.compile(r"takes (\d+) arguments? but (\d+) arguments were supplied")
_RANGE = re.compile(r"\b(?:\w*Range\w*|RangeBounds)\b")
_LIKELY = 0.85


def _merged(case: Case) -> Iterator[Answer]:
    told = _TOO_MANY.search(case.diagnostic.message)
    call = nodes.enclosing(case.node, "call_expression")
    listed = None if call is None else call.child_by_field_name("arguments")
    if told is None or int(told[2]) != int(told[1]) + 1 or call is None or listed is None:
        return
    asked = (
        error for error in case.situation.diagnostics for span in error.spans
        if span.path == case.path and call.start_byte <= span.start and span.end <= call.end_byte
    )  # fmt: skip
    if not any(_RANGE.search(f"{error.message} {error.rendered}") for error in asked):
        return
    given = listed.named_children
    for left, right in pairwise(given):
        between = edits.replace(case.path, left.end_byte, right.start_byte, "..")
        yield Answer("make a range of the two", (between,), _LIKELY if len(given) == 2 else _LIKELY / 2)


propose = answering({"E0061": (_merged,)})
