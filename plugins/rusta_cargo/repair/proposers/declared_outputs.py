"""Associated types of an impl that its functions do not keep to: E0308 against ``Self::Item``, ``Self::Output``.

``type Item = Token;`` where every ``Some(…)`` of ``next`` holds a ``Result``: the type is the one to change.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.declarations import written
from rusta_cargo.repair.code.expression import smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_FIRST, _MORE = 0.3, 0.22


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``type Item = …`` as the values of the impl are."""
    yield from gathered(situation, _READERS, confirmed=_MORE, risk=("changes a type",))


def _output(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    told, place = mismatch(diagnostic), diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    impl = None if here is None else nodes.impl_of(here.node)
    body = None if impl is None else impl.child_by_field_name("body")
    if told is None or here is None or place is None or body is None:
        return
    for alias in nodes.children(body, "type_item"):
        kind = alias.child_by_field_name("type")
        if kind is None or not types.same(text(kind), told.expected):
            continue
        found = _whole(here.node, told.found, here.types.of(here.node))
        new = None if found is None else _named(impl, found)
        if new is not None and not types.same(new, text(kind)):
            name = text(alias.child_by_field_name("name"))
            yield f"let `{name}` be `{new}`", (edits.replace_node(place.path, kind, new),), _FIRST


def _whole(node: Node, found: str, read: str | None) -> str | None:
    """The type of the value: the members of a tuple one by one, since the compiler bends those to what it expects."""
    if node.type == "tuple_expression" and read is not None and types.tuple_parts(read):
        found = read
    clear = "_" not in types.words(found) and not any(mark in found for mark in ("{", "..."))
    return written(found) if clear else None


def _named(impl: Node | None, kind: str) -> str | None:
    """The type with the lifetime of the impl where one is left open; None when there is not just one."""
    if "'_" not in kind:
        return kind
    parameters = None if impl is None else impl.child_by_field_name("type_parameters")
    names = [] if parameters is None else [text(node) for node in nodes.below(parameters, "lifetime")]
    return kind.replace("'_", names[0]) if len(set(names)) == 1 else None


_READERS: dict[str, tuple[Reader, ...]] = {"E0308": (_output,)}
