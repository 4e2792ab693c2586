"""Values that are no text where texts are put together or looked for.

``numbers.join(",")`` (E0599) makes texts of them first; ``names.contains(name)`` with a ``&str`` (E0308) looks for one that
is equal to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_NUMBERS = (*types.NUMBERS, "char", "bool", "{integer}", "{float}")


def _joined(case: Case) -> Iterator[Answer]:
    """``join`` and ``concat`` of numbers."""
    if "`join`" not in case.diagnostic.message and "`concat`" not in case.diagnostic.message:
        return
    told = types.strip_references(case.diagnostic.message.partition("for ")[2].partition("`")[2].partition("`")[0])
    element = types.element(told)
    if element is None or types.strip_references(element) not in _NUMBERS:
        return
    root = opened(case.source, case.place.start, case.place.end)
    callee = nodes.enclosing(nodes.node_at(root, case.place.start, case.place.end), "field_expression")
    value = None if callee is None else callee.child_by_field_name("value")
    if value is None:
        return
    texts = ".iter().map(|x| x.to_string()).collect::<Vec<_>>()"
    yield Answer("make texts of the elements first", (edits.insert(case.path, value.end_byte, texts),), 0.75)


def _contained(case: Case) -> Iterator[Answer]:
    """A piece of text looked for among owned texts."""
    pair = mismatch(case.diagnostic)
    if pair is None or (types.tidy(pair.expected), types.tidy(pair.found)) != ("&String", "&str"):
        return
    root = opened(case.source, case.place.start, case.place.end)
    given = nodes.exact(root, case.place.start, case.place.end)
    listed = None if given is None else given.parent
    call = None if listed is None or listed.type != "arguments" else listed.parent
    callee = None if call is None else call.child_by_field_name("function")
    owner = None if callee is None else callee.child_by_field_name("value")
    name = None if callee is None else callee.child_by_field_name("field")
    if given is None or call is None or owner is None or text(name) != "contains":
        return
    element = "item" if text(given) == "x" else "x"
    whole = f"{text(owner)}.iter().any(|{element}| {element} == {text(given)})"
    yield Answer("look for one that is equal", (edits.replace_node(case.path, call, whole),), 0.7)


propose = answering({"E0599": (_joined,), "E0308": (_contained,)})
