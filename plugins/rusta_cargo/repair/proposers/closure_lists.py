"""Different closures in one list or in the branches of one value: E0308.

Each closure has a type of its own. Those that capture something go into boxes of one trait object; the first one says
which.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.returned import leaves
from rusta_cargo.repair.proposer import Replacement

_LISTS = ("array_expression", "tuple_expression")
_BRANCHES = ("if_expression", "match_expression")


def _different(case: Case) -> Iterator[Answer]:
    if not any("a different closure" in (span.label or "") for span in case.diagnostic.spans):
        return
    root = opened(case.source, case.place.start, case.place.end)
    closure = nodes.enclosing(nodes.node_at(root, case.place.start, case.place.end), "closure_expression")
    if closure is None:
        return
    closures = _siblings(closure)
    shape = next((found for found in map(_shape, closures) if found is not None), None)
    if len(closures) < 2 or shape is None:
        return
    for kind, weight in (("Fn", 0.7), ("FnMut", 0.3)):
        parts: list[Replacement] = []
        for number, one in enumerate(closures):
            cast = f" as Box<dyn {kind}{shape}>" if not number else ""
            parts += edits.wrap(case.path, one.start_byte, one.end_byte, "Box::new(", f"){cast}")
        yield Answer(f"box the closures as `dyn {kind}{shape}`", tuple(parts), weight)


def _siblings(closure: Node) -> list[Node]:
    """The closures that have to be of one type with this one."""
    outer = closure.parent
    if outer is not None and outer.type in _LISTS:
        found = list(outer.named_children)
    else:
        whole = nodes.around(closure, _BRANCHES)
        while whole is not None and (above := nodes.around(whole, (*_BRANCHES, "block", "closure_expression"))):
            if above.type not in _BRANCHES:
                break
            whole = above
        found = [] if whole is None else list(leaves(whole))
    return found if all(one.type == "closure_expression" for one in found) else []


def _shape(closure: Node) -> str | None:
    """``(u32) -> u32`` from the types that the closure writes, and what its body says of the result."""
    parameters = closure.child_by_field_name("parameters")
    body = closure.child_by_field_name("body")
    kinds = []
    for parameter in () if parameters is None else parameters.named_children:
        kind = parameter.child_by_field_name("type")
        if kind is None:
            return None
        kinds.append(text(kind))
    written = closure.child_by_field_name("return_type")
    result = text(written) if written is not None else _result(body, kinds)
    return None if result is None else f"({', '.join(kinds)}){f' -> {result}' if result != '()' else ''}"


def _result(body: Node | None, kinds: list[str]) -> str | None:
    """What a body without a written result gives: nothing, a truth value, or what went in."""
    tail = nodes.tail_of(body) if body is not None and body.type == "block" else body
    if tail is None:
        return "()"
    if tail.type in ("assignment_expression", "compound_assignment_expr"):
        return "()"
    if tail.type == "macro_invocation":
        name = text(tail.child_by_field_name("macro"))
        return {"format": "String", "println": "()", "print": "()", "eprintln": "()"}.get(name)
    if tail.type == "binary_expression":
        operator = text(tail.child_by_field_name("operator"))
        if operator in ("==", "!=", "<", ">", "<=", ">=", "&&", "||"):
            return "bool"
    return kinds[0] if kinds and len(set(kinds)) == 1 and "&" not in kinds[0] else None


propose = answering({"E0308": (_different,)})
