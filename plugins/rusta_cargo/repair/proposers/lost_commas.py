"""Two arguments that grew together where their comma was lost: E0061, E0057.

``f(a &b)`` is read as a bit operation, ``f(a |x| x + 1)`` as two; the call then has an argument too few. An operator
with space in front of it and none behind is the beginning of an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable

CODES = ("E0061", "E0057")
_COUNTS = re.compile(r"takes (\d+) (?:generic )?arguments? but (\d+) (?:generic )?arguments? (?:was|were) supplied")
_OPERATORS = ("&", "|", "-", "*", "&&", "||", "<")
_SPACED, _PLAIN = 0.95, 0.3


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The comma put back."""
    for number, error in enumerate(situation.diagnostics):
        place, counts = error.primary, _COUNTS.search(error.message)
        if error.code not in CODES or place is None or counts is None or int(counts[1]) != int(counts[2]) + 1:
            continue
        try:
            tree, source = situation.syntax(place.path), situation.source(place.path)
        except SourceUnavailable:
            continue
        call = nodes.enclosing(nodes.node_at(tree, place.start, place.end), "call_expression")
        listed = None if call is None else call.child_by_field_name("arguments")
        for argument in [] if listed is None else listed.named_children:
            found = _split(argument)
            if found is None:
                continue
            end, operator = found
            spaced = source[operator.end_byte : operator.end_byte + 1].strip() != b""
            yield Candidate(
                "add the comma between two arguments",
                (edits.insert(place.path, end, ","),),
                _SPACED if spaced else _PLAIN,
                diagnostic=number,
                cites=(error.code or "",),
            )


def _split(argument: Node) -> tuple[int, Node] | None:
    """Where the first of two arguments ends, and the operator behind it that is none."""
    current, found = argument, None
    while current.type == "binary_expression":
        left, operator = current.child_by_field_name("left"), current.child_by_field_name("operator")
        if left is None or operator is None:
            break
        if text(operator) in _OPERATORS:
            found = (left.end_byte, operator)
        current = left
    return found
