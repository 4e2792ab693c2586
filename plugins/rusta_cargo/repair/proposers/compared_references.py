"""A reference compared with a plain value by ``<`` or ``>``: E0308 on the right side.

``filter(|x| x > 2)`` compares what is behind the references: the left side is followed as often as it refers.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_COMPARING = ("<", ">", "<=", ">=", "==", "!=")
_PLAIN = ("identifier", "field_expression", "call_expression", "index_expression", "self")


def _compared(case: Case) -> Iterator[Answer]:
    pair = mismatch(case.diagnostic)
    if pair is None or not types.is_reference(pair.expected):
        return
    want, have = types.strip_references(pair.expected), types.strip_references(pair.found)
    depth = pair.expected.replace("mut ", "").count("&") - pair.found.replace("mut ", "").count("&")
    number = have in ("{integer}", "{float}") and want in types.NUMBERS
    if depth < 1 or not (number or types.same(want, have)):
        return
    root = opened(case.source, case.place.start, case.place.end)
    right = nodes.exact(root, case.place.start, case.place.end)
    whole = None if right is None else right.parent
    if right is None or whole is None or whole.type != "binary_expression":
        return
    left = whole.child_by_field_name("left")
    if left is None or left == right or text(whole.child_by_field_name("operator")) not in _COMPARING:
        return
    written = text(left) if left.type in _PLAIN else f"({text(left)})"
    yield Answer("compare what it refers to", (edits.replace_node(case.path, left, "*" * depth + written),), 0.8)
    if depth == 1:
        yield Answer("compare references", (edits.insert(case.path, right.start_byte, "&"),), 0.35)


propose = answering({"E0308": (_compared,)})
