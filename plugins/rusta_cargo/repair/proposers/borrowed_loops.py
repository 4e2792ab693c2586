"""Loops over what should only be lent to them: E0308, E0277 about the elements.

``for n in list`` gives values, ``for n in &list`` references; where references are wanted of the loop's variable, the ``&``
is missing in the head of the loop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of

_PRIOR, _BOTH = 0.8, 0.97
_COMPARED = re.compile(r"can't compare `(.+?)` with `(.+?)`")


def _wanted(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    wanted = told is not None and types.is_reference(told.expected) and not types.is_reference(told.found)
    if told is not None and wanted and types.same(types.referent(told.expected), told.found):
        yield from _lent(case, case.node)


def _compared(case: Case) -> Iterator[Answer]:
    told = _COMPARED.search(case.diagnostic.message)
    holder = nodes.enclosing(case.node, "binary_expression")
    if told is None or holder is None or types.is_reference(told[1]) == types.is_reference(told[2]):
        return
    side = "right" if types.is_reference(told[1]) else "left"
    operand = holder.child_by_field_name(side)
    if operand is not None:
        yield from _lent(case, operand)


def _lent(case: Case, node: Node) -> Iterator[Answer]:
    """``&`` in the head of the loop that binds ``node``."""
    binding = binding_of(case.root, text(node), node.start_byte) if node.type == "identifier" else None
    value = None if binding is None or binding.kind != "for" or not binding.whole else binding.value
    if value is None or value.type not in ("identifier", "field_expression") or case.in_macro(case.place):
        return
    others = sum(
        other.primary is not None and other.primary.path == case.path and other.code in ("E0308", "E0277")
        for other in case.situation.diagnostics
    )
    prior = _BOTH if others > 1 else _PRIOR
    yield Answer(f"lend `{text(value)}` to the loop", (edits.insert(case.path, value.start_byte, "&"),), prior)


propose = answering({"E0308": (_wanted,), "E0277": (_compared,)})
