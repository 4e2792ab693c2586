"""A ``&`` too many in an argument, noticed elsewhere: E0277, E0308, E0716.

``Wrapping(&x)`` is a ``Wrapping<&T>`` where a ``Wrapping<T>`` is wanted; in ``max(&a, b)`` the compiler asks for ``&b``;
``&iterator`` is no iterator. The borrow stands in the call that made the value, not where the types meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expression import Spot, smallest, spot
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import label_of, mismatch, mismatch_in, quoted
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_TITLE = "take the `&` away"
_MADE, _BESIDE, _CERTAIN, _BOUND = 0.85, 0.55, 0.94, 0.72
# The type that lacks something is a reference, or the trait is asked for with one: `From<&T>`.
_SAID = re.compile(r"^&|<&")
_MARKS = re.compile(r"&(?:'\w+ )?(?:mut )?")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Borrows of arguments taken away."""
    yield from gathered(situation, _READERS)


def _mismatched(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """E0308."""
    pair = mismatch(diagnostic) or mismatch_in(label_of(diagnostic))
    here = None if diagnostic.primary is None else spot(situation, index, diagnostic.primary)
    if pair is None or here is None:
        return
    mine, theirs = _MARKS.sub("", pair.found), _MARKS.sub("", pair.expected)
    if not types.same(mine, theirs):
        return
    if pair.found.count("&") > pair.expected.count("&") and not types.is_reference(pair.found):
        source = origin(here) or here
        for borrowed in _borrowed(source.node):
            yield _TITLE, (_taken(here.path, borrowed),), _MADE
    elif types.is_reference(pair.expected) and not types.is_reference(pair.found):
        arguments = here.node.parent
        if arguments is None or arguments.type != "arguments" or arguments.parent is None:
            return
        said = any(
            other is not diagnostic
            and (told := mismatch(other)) is not None
            and types.is_reference(told.found)
            and not types.is_reference(told.expected)
            for other in situation.diagnostics
        )
        for borrowed in _borrowed(arguments.parent):
            yield _TITLE, (_taken(here.path, borrowed),), _CERTAIN if said else _BESIDE


def _unmet(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """E0277 about a reference: an argument of the call there."""
    place, names = diagnostic.primary, quoted(diagnostic.message)
    if place is None or not names or not _SAID.search(names[0]):
        return
    here = spot(situation, index, place) or smallest(situation, index, place.path, place.start, place.end)
    call = None if here is None else _call(here)
    found = [] if call is None else list(_borrowed(call))
    for borrowed in found if here is not None else ():
        yield _TITLE, (_taken(place.path, borrowed),), _BOUND / len(found)


def _call(here: Spot) -> Node | None:
    node = nodes.enclosing(here.node, "call_expression")
    if node is None or here.node.type == "reference_expression":
        return nodes.enclosing(here.node.parent, "call_expression") if here.node.parent is not None else None
    return node


def _borrowed(call: Node) -> Iterator[Node]:
    """The arguments of a call that are written ``&x``."""
    listed = call.child_by_field_name("arguments") if call.type == "call_expression" else None
    for part in [] if listed is None else listed.named_children:
        if part.type == "reference_expression" and part.child_by_field_name("value") is not None:
            yield part


def _taken(path: str, node: Node) -> Replacement:
    value = node.child_by_field_name("value")
    return edits.delete(path, node.start_byte, node.start_byte if value is None else value.start_byte)


def _too_short(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """E0716: a value that is made for the call is lent to it for ever."""
    place = diagnostic.primary
    here = None if place is None else spot(situation, index, place)
    lent = None if here is None else here.node.parent
    if place is None or lent is None or lent.type != "reference_expression":
        return
    forever = any("'static" in (span.label or "") for span in diagnostic.spans)
    if forever and lent.parent is not None and lent.parent.type == "arguments":
        yield _TITLE, (_taken(place.path, lent),), _MADE


_READERS: dict[str, tuple[Reader, ...]] = {"E0308": (_mismatched,), "E0277": (_unmet,), "E0716": (_too_short,)}
