"""Names bound by value in a pattern, where their uses want a reference: E0308.

``Some(value) => f(value)`` where ``f`` takes a ``&T`` and what is matched is a place that may not be moved out of: the
binding has lost its ``ref`` or ``ref mut``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expression import spot
from rusta_cargo.repair.code.gathering import Change, Found, candidates, merge, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import label_of, mismatch, mismatch_in
from rusta_cargo.repair.code.scopes import Binding, binding_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

# How often the binding is at fault, by what is matched; a file that writes `ref` elsewhere is likelier to.
_PLACES = {"unary_expression": 0.92, "field_expression": 0.4, "identifier": 0.2, "index_expression": 0.4, "self": 0.2}
_HABIT, _COPIED = 0.93, 0.3


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``ref`` in front of bindings."""
    index: ItemIndex | None = None
    found: Found = {}
    around: dict[int, list[tuple[int, Change]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code != "E0308" or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        for holder, change in _changes(situation, index, diagnostic):
            merge(found, [change], [number])
            around.setdefault(holder, []).append((number, change))
    for group in around.values():
        parts: dict[Replacement, None] = {part: None for _, change in group for part in change[1]}
        if len(parts) > 1:
            weight = max(change[2] for _, change in group)
            everywhere = ("bind all of them by reference", tuple(parts), weight)
            merge(found, [everywhere], [number for number, _ in group])
    yield from candidates(situation, found, 0.1)


def _changes(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[tuple[int, Change]]:
    """The change, with the place of the match that it belongs to."""
    pair = mismatch_in(label_of(diagnostic)) or mismatch(diagnostic)
    here = None if diagnostic.primary is None else spot(situation, index, diagnostic.primary)
    if pair is None or here is None or here.kind != "identifier":
        return
    if not types.is_reference(pair.expected) or types.is_reference(pair.found):
        return
    binding = binding_of(here.root, here.text, here.node.start_byte)
    if binding is None or binding.whole or binding.by_reference or binding.value is None:
        return
    weight = _PLACES.get(binding.value.type)
    if weight is None:
        return
    if types.referent(pair.expected) in types.COPY:
        weight = min(weight, _COPIED)  # what is copied may be bound by value
    change = _referring(here.path, here.root, binding, mutable=types.is_mutable_reference(pair.expected))
    if change is not None:
        habit = b"(ref " in situation.source(here.path)
        yield binding.value.start_byte, ("bind by reference", (change,), _HABIT if habit else weight)


def _referring(path: str, root: Node, binding: Binding, *, mutable: bool) -> Replacement | None:
    name = nodes.node_at(root, binding.start, binding.end)
    holder = name.parent
    if holder is None or name.type != "identifier" or holder.type in ("ref_pattern", "reference_pattern"):
        return None
    marked = holder.type == "mut_pattern"
    start = holder.start_byte if marked else name.start_byte
    return edits.insert(path, start, "ref mut " if mutable and not marked else "ref ")
