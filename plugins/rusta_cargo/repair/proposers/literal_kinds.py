"""``1.0`` where the code says in so many words that it wants a whole number: E0308, E0277.

A whole number is asked for by the type that was expected, by the other operand, by the index, or by a trait that no
``{float}`` has. Of several such numbers in the call that the trait is for each may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expected import of_formula
from rusta_cargo.repair.code.expression import opened, smallest, spot
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_WHOLE = re.compile(r"^(\d[\d_]*)\.0*$")
_OPERANDS = re.compile(r"^(?:cannot \w+|can't compare) `?(?P<left>[^`]+?)`? (?:by|to|from|with) `?(?P<right>[^`]+?)`?$")
_PRIOR, _OPERAND, _FOR_TRAIT = 0.8, 0.5, 0.66


def _expected(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if told is not None and told.expected in (*types.INTEGERS, "{integer}"):
        yield from _whole(case, case.node, _PRIOR)


def _asked(case: Case) -> Iterator[Answer]:
    """What the trait system says of a ``{float}``."""
    message = case.diagnostic.message
    operands = _OPERANDS.match(message)
    if operands is not None:
        sides = {operands["left"], operands["right"]}
        if sides == {"{float}", "{integer}"} and not _wants_real(case):
            yield from _among(case, ("binary_expression",), _OPERAND)
    elif "{float}" in message and "satisfied" in message:
        yield from _among(case, ("call_expression", "macro_invocation"), _FOR_TRAIT)


def _wants_real(case: Case) -> bool:
    """What is made of the operands has a fraction: by its declared type, or by what else the function does."""
    here = spot(case.situation, case.index, case.place) or smallest(
        case.situation, case.index, case.path, case.place.start, case.place.end
    )
    whole = None if here is None else nodes.enclosing(here.node, "binary_expression")
    if here is None or whole is None:
        return True
    wanted = of_formula(here, whole)
    return wanted is not None and wanted not in types.INTEGERS


def _among(case: Case, kinds: tuple[str, ...], prior: float) -> Iterator[Answer]:
    """The numbers of the nearest node of ``kinds`` around the place."""
    at = case.place if case.place.macro is None else None
    if at is None:
        return
    root = opened(case.source, at.start, at.end) if case.in_macro(at) else case.root
    holder = nodes.enclosing(nodes.node_at(root, at.start, at.end), kinds)
    found = [] if holder is None else [n for n in nodes.every(holder, "float_literal") if _WHOLE.match(text(n))]
    for node in found:
        yield from _whole(case, node, prior / len(found))


def _whole(case: Case, node: Node, prior: float) -> Iterator[Answer]:
    written = _WHOLE.match(text(node))
    if written is not None:
        change = edits.replace(case.path, node.start_byte + len(written[1]), node.end_byte, "")
        yield Answer(f"write `{written[1]}`, a whole number", (change,), prior)


propose = answering({"E0308": (_expected,), "E0277": (_asked,)})
