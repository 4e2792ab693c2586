"""Calls that ask for the wrong type by name: E0308, ``sum::<i32>()`` where a ``u64`` is wanted.

What the turbofish (or the type before ``::new``) names is what comes out, so the name is changed, not the value: the
type that was found stands there word for word, or with ``_`` in its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import smallest
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin

_PRIOR = 0.75
# Functions whose type parameter says what is looked at, not what comes out.
_ABOUT = frozenset(("size_of", "align_of", "size_of_val", "type_name", "needs_drop", "type_id", "of"))
_DEEPEST = 4


def _asked(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if told is None or case.in_macro(case.place):
        return
    here = smallest(case.situation, case.index, case.path, case.place.start, case.place.end)
    source = None if here is None else (origin(here) or here)
    if source is None:
        return
    wanted = list(_differences(told.expected, told.found))
    for written in _named(source.node):
        for expected, found in wanted:
            said = _instead(text(written), expected, found)
            if said is not None:
                change = edits.replace_node(case.path, written, said)
                yield Answer(f"ask for `{said}`", (change,), _PRIOR)
                return


def _differences(expected: str, found: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Where two types differ: (expected, found) of the smallest parts, and of what holds a single one."""
    if types.same(expected, found) or "_" in types.words(expected) or "{" in expected:
        return
    parts = list(zip(types.arguments(expected), types.arguments(found), strict=False))
    differing = [(e, f) for e, f in parts if not types.same(e, f)]
    if depth < _DEEPEST and types.head(expected) == types.head(found) and len(differing) == 1:
        yield from _differences(*differing[0], depth + 1)
    if not types.is_reference(expected):
        yield expected, found


def _named(node: Node) -> Iterator[Node]:
    """The type arguments written along a chain of calls, the last call's first, from the outside to the inside."""
    chain: Node | None = node
    while chain is not None:
        callee = chain.child_by_field_name("function") if chain.type == "call_expression" else None
        if callee is not None and callee.type == "generic_function":
            name = text(callee.child_by_field_name("function")).rpartition("::")[2]
            if name not in _ABOUT:
                yield from _types_in(callee.child_by_field_name("type_arguments"))
        elif callee is not None and callee.type == "scoped_identifier":
            owner = callee.child_by_field_name("path")
            if owner is not None and owner.type == "generic_type":
                yield from _types_in(owner.child_by_field_name("type_arguments"))
        plain = (
            callee if callee is None or callee.type != "generic_function" else callee.child_by_field_name("function")
        )
        inner = plain if callee is not None else chain
        chain = None if inner is None else _before(inner)


def _before(node: Node) -> Node | None:
    """What a method is called on, a ``?`` is behind, or brackets hold."""
    if node.type == "field_expression":
        return node.child_by_field_name("value")
    if node.type in ("try_expression", "parenthesized_expression"):
        return node.named_children[0] if node.named_children else None
    return None


def _types_in(listed: Node | None) -> Iterator[Node]:
    if listed is None:
        return
    for argument in listed.named_children:
        if argument.type not in ("lifetime", "line_comment", "block_comment"):
            yield argument
            yield from _types_in(nodes.child(argument, "type_arguments"))


def _instead(written: str, expected: str, found: str) -> str | None:
    """What stands there for ``expected``, when ``written`` names ``found``."""
    if "_" not in types.words(written):
        return types.tidy(expected) if types.same(written, found) else None
    head, arguments = types.head(written), types.arguments(written)
    if arguments and set(arguments) == {"_"} and types.same(head, types.head(found)):
        kind, count = types.head(expected), len(types.arguments(expected))
        if kind != types.head(found) and count:
            return f"{kind}<{', '.join('_' * count)}>"
    return None


propose = answering({"E0308": (_asked,)})
