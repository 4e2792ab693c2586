"""Lists of results where lists of values are wanted: E0308, ``Vec<Value>`` expected and ``Vec<Result<Value, E>>`` found.

``collect::<Vec<_>>()`` keeps every failure; ``collect::<Result<Vec<_>, _>>()?`` ends with the first one.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import smallest
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin

_WHOLE = {"Result": "Result<{}, _>", "Option": "Option<{}>"}
_PRIOR = 0.75


def _collected(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    expected, found = (types.arguments(told.expected), types.arguments(told.found)) if told else ([], [])
    layer = types.head(found[0]) if found else ""
    if told is None or not expected or layer not in _WHOLE or case.in_macro(case.place):
        return
    held = types.arguments(found[0])
    if types.head(told.expected) != types.head(told.found) or not held or not types.same(held[0], expected[0]):
        return
    here = smallest(case.situation, case.index, case.path, case.place.start, case.place.end)
    source = None if here is None else (origin(here) or here)
    callee = None if source is None else source.node.child_by_field_name("function")
    if source is None or callee is None:
        return
    leaves = place_of(case.situation, source).leaves
    written = _argument(callee)
    if leaves is None or types.head(leaves) != layer or not _is_collect(callee):
        return
    inner = "Vec<_>" if written is None else text(written)
    whole = _WHOLE[layer].format(inner)
    change = (
        edits.insert(case.path, callee.end_byte, f"::<{whole}>")
        if written is None
        else edits.replace_node(case.path, written, whole)
    )
    parts = (change, edits.insert(case.path, source.node.end_byte, "?"))
    yield Answer(f"collect a `{whole}` and hand its failure on", parts, _PRIOR)


def _argument(callee: Node) -> Node | None:
    """The type that a turbofish names."""
    listed = callee.child_by_field_name("type_arguments") if callee.type == "generic_function" else None
    return listed.named_children[0] if listed is not None and len(listed.named_children) == 1 else None


def _is_collect(callee: Node) -> bool:
    plain = callee.child_by_field_name("function") if callee.type == "generic_function" else callee
    return (
        plain is not None
        and plain.type == "field_expression"
        and text(plain.child_by_field_name("field")) == "collect"
        and nodes.child(plain, "field_identifier") is not None
    )


propose = answering({"E0308": (_collected,)})
