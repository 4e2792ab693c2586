"""A local where a constant must stand: E0435.

It becomes a constant, with its uses, when its value is one; an array of that length becomes a vector.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.renaming import within
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.seeing import expression_at
from rusta_cargo.repair.proposer import Replacement


def _variable(case: Case) -> Iterator[Answer]:
    """A local where a constant must stand (E0435): it becomes one; an array becomes a vector."""
    node = expression_at(case, case.place)
    name = text(node)
    binding = binding_of(case.root, name, case.place.start)
    array = nodes.around(node, "array_expression")
    if array is not None and array.child_by_field_name("length") is not None:
        where = nodes.around(array, ("reference_expression",))
        put = edits.insert(case.path, array.start_byte, "vec!")
        declared = nodes.around(array, "let_declaration")
        if declared is None or declared.child_by_field_name("type") is None:
            yield Answer("make it a vector", (put,), 0.6 if where is None else 0.5)
    if binding is None or binding.kind != "let" or binding.value is None or not binding.whole:
        return
    constant = binding.value.type in (
        "integer_literal",
        "binary_expression",
        "identifier",
        "scoped_identifier",
    )
    statement = binding.at
    word, pattern = nodes.child(statement, "let"), statement.child_by_field_name("pattern")
    block = nodes.block_of(statement)
    if not constant or word is None or pattern is None or block is None:
        return
    kind = statement.child_by_field_name("type")
    for wanted in (text(kind),) if kind is not None else ("usize",):
        upper = name.upper()
        head: list[Replacement] = [edits.replace(case.path, word.start_byte, pattern.start_byte, "const ")]
        if kind is None:
            head.append(edits.insert(case.path, pattern.end_byte, f": {wanted}"))
        uses = list(within(case.path, case.source, block, name, upper)) if upper != name else []
        if kind is None:
            at = next((n for n, part in enumerate(uses) if part.end == pattern.end_byte), None)
            if at is not None:
                head[-1] = edits.replace(case.path, pattern.start_byte, pattern.end_byte, f"{upper}: {wanted}")
                uses.pop(at)
        yield Answer("make it a constant", (*head, *uses), 0.75)


propose = answering({"E0435": (_variable,)})
