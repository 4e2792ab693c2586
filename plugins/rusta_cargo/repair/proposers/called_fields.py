"""A field where the method of the same name was meant: E0308. ``if shape.width`` where ``fn width(&self) -> bool`` is."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_PRIOR = 0.9


def _answers(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    name = text(case.node.child_by_field_name("field")) if case.node.type == "field_expression" else ""
    if told is None or not name.isidentifier() or types.same(told.expected, told.found):
        return
    methods = [item for item in case.index.named(name, Function) if item.is_method and not item.parameters]
    if any(item.returns is not None and types.same(item.returns.text, told.expected) for item in methods):
        change = edits.insert(case.path, case.place.end, "()")
        yield Answer(f"call the method `{name}`", (change,), _PRIOR)


propose = answering({"E0308": (_answers,)})
