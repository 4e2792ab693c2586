"""References to what ends with the function: E0515.

The function gives back the owned value, and its signature says so, in the trait and all impls; other returned
expressions follow. In a closure only the expression changes. A parameter that was given away may be lent instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.callers import family, lend, lent_type, with_parameter
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.returned import own, owned_result, results
from rusta_cargo.repair.proposer import Replacement

_RISK = ("changes a signature",)


def _answers(case: Case) -> Iterator[Answer]:
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    around = nodes.callable_of(node)
    if around is None:
        return
    if around.type != "function_item":
        yield from _expression(case)
        return
    function = case.item
    if function is None or function.returns is None:
        return
    yield from _owned(case, around, function)
    yield from _lent(case, function)


def _owned(case: Case, definition: Node, function: Function) -> Iterator[Answer]:
    assert function.returns is not None
    made = owned_result(function.returns.text)
    if made is None:
        yield from _expression(case)
        return
    members = family(function, case.index)
    if members is None:
        yield from _expression(case)
        return
    wanted, call = made
    for cut in (wanted, *_other(wanted)):
        parts: list[Replacement] = []
        for member in members:
            if member.returns is not None:
                parts.append(edits.replace(member.path, member.returns.start, member.returns.end, cut))
        for value in results(definition):
            parts += own(case.path, value, call, cut)
        yield Answer(f"give back `{cut}`", tuple(parts), 0.8 if cut == wanted else 0.3, _RISK)
    # The expression may only look borrowed: elsewhere the function returns what its parameters lend.
    yield from _expression(case)


def _other(wanted: str) -> Iterator[str]:
    if wanted.startswith("std::vec::IntoIter<"):
        yield f"impl Iterator<Item = {types.arguments(wanted)[0]}>"


def _expression(case: Case) -> Iterator[Answer]:
    node = case.node
    for then, prior in (
        (".to_string()", 0.3),
        (".to_owned()", 0.25),
        (".clone()", 0.25),
        (".to_vec()", 0.1),
    ):
        yield Answer(f"own what is given back with `{then}`", tuple(own(case.path, node, then, "_")), prior)
    if node.type == "reference_expression":
        value = node.child_by_field_name("value")
        if value is not None:
            yield Answer(
                f"give back `{text(value)}` itself",
                (edits.delete(case.path, node.start_byte, value.start_byte),),
                0.4,
            )


def _lent(case: Case, function: Function) -> Iterator[Answer]:
    """What was given to the function is lent to it instead."""
    names = quoted(case.diagnostic.message)
    if "parameter" not in case.diagnostic.message or not names:
        return
    for number, parameter in enumerate(function.parameters):
        if parameter.name == names[0] and not types.is_reference(parameter.type.text):
            parts = with_parameter(case.situation, case.index, function, number, lent_type(parameter.type.text), lend)
            value = case.node
            if value.type == "reference_expression" and text(value.child_by_field_name("value")) == parameter.name:
                parts += (edits.replace_node(case.path, value, parameter.name),)
            yield Answer(f"let `{function.name}` borrow `{parameter.name}`", parts, 0.45, _RISK)


propose = answering({"E0515": (_answers,)})
