"""Arrays with more or fewer elements than their declared type says: E0308 of lengths.

``const ALL: [Level; 2] = [A, B, C]``: the elements are written out, so the length in the type is what was forgotten.
It is changed where it is written, or in the constant that it names, when that counts nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Value
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.seeing import expression_at

_TOLD = re.compile(r"expected an array with a (?:fixed )?size of (\d+)[^,]*, found one with a size of (\d+)")
_HOLDERS = ("const_item", "static_item", "let_declaration", "function_item")
_CONSTANT, _LOCAL, _NAMED = 0.92, 0.8, 0.6


def _length(case: Case) -> Iterator[Answer]:
    """The length in the declared type, or the constant that it names."""
    told = next(
        (found for span in case.diagnostic.spans for found in [_TOLD.search(span.label or "")] if found), None
    ) or _TOLD.search(case.diagnostic.message)
    array = expression_at(case, case.place)
    if told is None or array.type != "array_expression":
        return
    holder = nodes.around(array, _HOLDERS)
    kind = None if holder is None else holder.child_by_field_name("return_type" if _is_function(holder) else "type")
    while kind is not None and kind.type == "reference_type":
        kind = kind.child_by_field_name("type")
    length = None if kind is None or kind.type != "array_type" else kind.child_by_field_name("length")
    if holder is None or length is None:
        return
    if text(length) == told[1]:
        change = edits.replace_node(case.path, length, told[2])
        prior = _LOCAL if holder.type == "let_declaration" else _CONSTANT
        yield Answer(f"the array has {told[2]} elements", (change,), prior)
    for item in case.index.named(text(length), Value)[:1]:
        if item.value is not None and item.value.text == told[1]:
            change = edits.replace(item.path, item.value.start, item.value.end, told[2])
            yield Answer(f"`{item.name}` is {told[2]}", (change,), _NAMED)


def _is_function(node: Node) -> bool:
    return node.type == "function_item"


propose = answering({"E0308": (_length,)})
