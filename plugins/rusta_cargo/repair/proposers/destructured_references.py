"""Names bound from behind a reference and used as values: several E0308 that one ``&`` in a pattern mends.

``let (at, c) = self.chars.peek()?;`` binds references, and every use of ``at`` and ``c`` is an error; ``let &(at, c) =``
binds what they refer to.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expression import smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import Mismatch, mismatch, mismatch_in
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

_ONE, _MORE = 0.45, 0.2
_TAKEN_APART = ("tuple_pattern", "tuple_struct_pattern", "struct_pattern")
_HOLDERS = ("let_declaration", "closure_parameters", "parameter", "for_expression", "let_condition", "match_pattern")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """A ``&`` in front of the pattern."""
    yield from gathered(situation, _READERS, confirmed=_MORE)


def _referenced(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    several = diagnostic.message.startswith("arguments to this")
    for place in diagnostic.spans if several else filter(None, [diagnostic.primary]):
        told = mismatch_in(place.label or "") if several else mismatch(diagnostic)
        if told is not None and place.macro is None:
            yield from _marked(situation, index, place, told)


def _marked(situation: Situation, index: ItemIndex, place: Span, told: Mismatch) -> Iterator[Change]:
    here = smallest(situation, index, place.path, place.start, place.end)
    if here is None:
        return
    name: Node | None = here.node
    have, want = told.found, told.expected
    if here.kind != "identifier" or types.is_reference(want):
        # In a comparison the other side is what is marked, or a pattern that is matched with the name.
        name, have, want = _subject(here.node), told.expected, told.found
    if name is None or not types.is_reference(have) or types.is_reference(want):
        return
    if not types.same(types.referent(have), want) and want not in ("char", "_"):
        return
    binding = binding_of(here.root, name.text.decode() if name.text else "", name.start_byte)
    pattern = None if binding is None else _pattern(nodes.node_at(here.root, binding.start, binding.end))
    if pattern is not None:
        yield "bind what the reference refers to", (edits.insert(here.path, pattern.start_byte, "&"),), _ONE


def _subject(node: Node) -> Node | None:
    """What a pattern is matched with, or the other operand, when it is a name."""
    match = nodes.enclosing(node, "match_expression")
    holder = nodes.enclosing(node, ("match_pattern", "binary_expression"))
    if holder is None:
        return None
    if holder.type == "match_pattern" and match is not None:
        value = match.child_by_field_name("value")
    else:
        value = holder.child_by_field_name("left")
    return value if value is not None and value.type == "identifier" else None


def _pattern(name: Node) -> Node | None:
    """The whole pattern that takes a value apart and binds the name."""
    found = None
    for node in nodes.ancestors(name):
        if node.type in ("reference_pattern", "ref_pattern"):
            return None
        if node.type in _HOLDERS:
            break
        if node.type in _TAKEN_APART:
            found = node
    return found


_READERS: dict[str, tuple[Reader, ...]] = {"E0308": (_referenced,)}
