"""Functions that give back ``impl Trait`` of more than one type: E0308.

An ``impl Trait`` result is one type. Where the branches differ, or where two such functions must agree, the result is
a boxed trait object and everything that is given back goes into a box.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.returned import results
from rusta_cargo.repair.code.usage import mentions, names_in
from rusta_cargo.repair.proposer import Replacement

_OPAQUE = ("abstract_type",)
_ASIDE = ("closure_expression", "async_block")


def _branches(case: Case) -> Iterator[Answer]:
    """The mismatch is at something that the function gives back."""
    function = nodes.function_of(nodes.node_at(case.root, case.place.start, case.place.end))
    if function is None or not _gives_back(function, case.place.start, case.place.end):
        return
    if len(list(results(function))) < 2:  # nothing else is given back that it could differ from
        return
    yield from _boxed(case, [function], 0.72)


def _agreeing(case: Case) -> Iterator[Answer]:
    """Two functions with opaque results of their own, where one type is wanted."""
    if not any("opaque type" in (span.label or "") for span in case.diagnostic.spans):
        return
    found: list[Node] = []
    for span in (*case.spans("opaque type"), *case.noted("opaque type")):
        if span.path != case.path or span.primary:
            continue
        function = nodes.function_of(nodes.node_at(case.root, span.start, span.end))
        if function is not None and function not in found and _opaque(function) is not None:
            found.append(function)
    if found:
        yield from _boxed(case, found, 0.7)


def _boxed(case: Case, functions: list[Node], prior: float) -> Iterator[Answer]:
    boxes: list[Replacement] = []
    plain: list[Replacement] = []
    lent: list[Replacement] = []
    borrows = False
    for function in functions:
        opaque, values = _opaque(function), list(results(function))
        if opaque is None or not values:
            return
        bounds = text(opaque).removeprefix("impl").strip()
        references = _references(function)
        plain.append(edits.replace_node(case.path, opaque, f"Box<dyn {bounds}>"))
        tied = bounds if "'" in bounds or not references else f"{bounds} + '_"
        lent.append(edits.replace_node(case.path, opaque, f"Box<dyn {tied}>"))
        for value in values:
            borrows = borrows or mentions(value, references)
            if not (text(value).startswith("Box::new(") or (value.type == "macro_invocation" and _never(value))):
                boxes += edits.wrap(case.path, value.start_byte, value.end_byte, "Box::new(", ")")
    title = f"let `{text(functions[0].child_by_field_name('name'))}` give back a boxed trait object"
    # What speaks of a parameter that is lent may borrow from it.
    yield Answer(title, (*plain, *boxes), 0.8 * prior if borrows else prior)
    if plain != lent:
        yield Answer(title, (*lent, *boxes), prior if borrows else 0.8 * prior)


def _opaque(function: Node) -> Node | None:
    """The whole result of ``function`` when it is ``impl Trait``, with all its bounds."""
    kind = function.child_by_field_name("return_type")
    if kind is None:
        return None
    if kind.type in _OPAQUE:
        return kind
    first = next(nodes.below(kind, _OPAQUE), None)
    return kind if kind.type == "bounded_type" and first is not None and first.start_byte == kind.start_byte else None


def _gives_back(function: Node, start: int, end: int) -> bool:
    if _opaque(function) is None:
        return False
    inside = nodes.enclosing(nodes.node_at(function, start, end), _ASIDE)
    if inside is not None and inside.start_byte > function.start_byte and inside.start_byte < start:
        return False
    return any(value.start_byte <= start and end <= value.end_byte for value in results(function)) or any(
        start <= value.start_byte and value.end_byte <= end for value in results(function)
    )


def _references(function: Node) -> set[str]:
    """The parameters that are references."""
    found: set[str] = set()
    listed = function.child_by_field_name("parameters")
    for parameter in () if listed is None else listed.named_children:
        kind = parameter.child_by_field_name("type")
        if parameter.type == "self_parameter" and text(parameter).startswith("&"):
            found.add("self")
        elif kind is not None and "&" in text(kind):
            found |= names_in(parameter.child_by_field_name("pattern") or parameter)
    return found


def _never(macro: Node) -> bool:
    return text(macro.child_by_field_name("macro")) in ("todo", "unimplemented", "unreachable", "panic")


propose = answering({"E0308": (_branches, _agreeing)})
