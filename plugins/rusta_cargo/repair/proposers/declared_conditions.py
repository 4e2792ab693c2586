"""A parameter declared as a number that is only ever a condition: E0308. It is a ``bool``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_PRIOR = 0.8
_CONDITIONS = ("if_expression", "while_expression")


def _answers(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if told is None or told.expected != "bool" or case.node.type != "identifier" or case.in_macro(case.place):
        return
    function, holder, name = case.item, case.node.parent, text(case.node)
    condition = holder is not None and (
        (holder.type in _CONDITIONS and holder.child_by_field_name("condition") == case.node)
        or (holder.type == "binary_expression" and text(holder.child_by_field_name("operator")) in ("&&", "||"))
    )
    if function is None or function.body is None or not condition or _reckoned_with(function.body.text, name):
        return
    for parameter in function.parameters:
        if parameter.name == name and parameter.type.text in types.NUMBERS:
            change = edits.replace(function.path, parameter.type.start, parameter.type.end, "bool")
            yield Answer(f"declare `{name}`, which is a condition, as `bool`", (change,), _PRIOR)


def _reckoned_with(body: str, name: str) -> bool:
    """The name stands beside an operator of numbers somewhere."""
    word = re.escape(name)
    return re.search(rf"\b{word}\s*(?:[-+*/%<>]|[=!]=|as\b)|(?:[-+*/%<>]|[=!]=)\s*{word}\b", body) is not None


propose = answering({"E0308": (_answers,)})
