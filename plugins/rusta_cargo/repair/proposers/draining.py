"""Elements that are consumed in a loop that only borrows them: E0507.

``for worker in &mut self.workers { worker.thread.join() }`` needs the elements themselves: the loop drains the
collection when it is borrowed mutably, and takes it whole where it belongs to the function.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.usage import occurrences, root_name
from rusta_cargo.repair.proposer import Replacement

_WHOLE = {"Vec": "drain(..)", "VecDeque": "drain(..)", "HashMap": "drain()", "HashSet": "drain()", "String": ""}


def _drained(case: Case) -> Iterator[Answer]:
    name = root_name(case.node)
    binding = None if name is None else binding_of(case.root, name, case.place.start)
    if binding is None or binding.kind != "for" or not binding.whole:
        return
    value = binding.at.child_by_field_name("value")
    if value is None:
        return
    place = _lent(value)
    if place is None:
        return
    inner, mutable = place
    kind = types.head(case.type_of(inner) or "Vec")
    if mutable and _WHOLE.get(kind):
        changed = (edits.replace_node(case.path, value, f"{text(inner)}.{_WHOLE[kind]}"), *_followed(case, binding.at))
        yield Answer(f"take the elements out of `{text(inner)}`", changed, 0.6)
    if inner.type == "identifier":
        after = [
            use for use in occurrences(case.function or case.root, text(inner)) if use.start_byte > binding.at.end_byte
        ]
        whole = (edits.replace_node(case.path, value, text(inner)), *_followed(case, binding.at))
        yield Answer(f"go through `{text(inner)}` itself", whole, 0.3 if after else 0.7)


def _lent(value: Node) -> tuple[Node, bool] | None:
    """(what is lent to the loop, mutably) of ``&mut v``, ``&v``, ``v.iter_mut()`` and ``v.iter()``."""
    if value.type == "reference_expression":
        inner = value.child_by_field_name("value")
        return None if inner is None else (inner, nodes.child(value, "mutable_specifier") is not None)
    callee = value.child_by_field_name("function") if value.type == "call_expression" else None
    if callee is None or callee.type != "field_expression":
        return None
    inner, method = callee.child_by_field_name("value"), text(callee.child_by_field_name("field"))
    return (inner, method == "iter_mut") if inner is not None and method in ("iter", "iter_mut") else None


def _followed(case: Case, loop: Node) -> Iterator[Replacement]:
    """``*element`` in the loop is the element itself now."""
    pattern, body = loop.child_by_field_name("pattern"), loop.child_by_field_name("body")
    if pattern is None or body is None:
        return
    for use in occurrences(body, text(pattern)):
        around = use.parent
        if around is not None and around.type == "unary_expression" and text(around).startswith("*"):
            yield edits.replace_node(case.path, around, text(use))


propose = answering({"E0507": (_drained,)})
