"""Parameters that the declaration of a type lost and its uses still give: E0107.

``type Hook = Box<dyn Fn() + 'h>;`` beside ``Hook<'h>``, ``struct Ring<T>`` beside ``Ring<T, N>``: one declaration is wrong
and not all of its uses. A lifetime is declared and, where nothing in the declaration speaks of it, goes to its references and
trait objects; a constant is declared with the type that the impls give it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Alias, Enum, Item, ItemIndex, Struct
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_COUNTS = re.compile(r"takes (?:at most )?(\d+) (generic|lifetime) arguments? but (\d+)")
_LIFETIME = re.compile(r"'(?!static\b|_\b)[a-z]\w*\b(?!')")
_SPOKEN, _CERTAIN, _LIKELY, _ONCE = 0.95, 0.88, 0.82, 0.7


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The declaration of a type with the parameters that its uses give it."""
    asked: dict[tuple[str, int], tuple[Item, str, int, list[Diagnostic]]] = {}
    for error in situation.diagnostics:
        counted = _COUNTS.search(error.message) if error.code == "E0107" else None
        item = None if counted is None else _declaration(ItemIndex.of(situation), error)
        if counted is None or item is None or int(counted[3]) <= int(counted[1]):
            continue
        more = int(counted[3]) - int(counted[1])
        entry = asked.setdefault((item.path, item.start), (item, counted[2], more, []))
        if entry[1:3] == (counted[2], more):
            entry[3].append(error)
    for item, kind, more, errors in asked.values():
        made = (
            _lifetimes(situation, item, more, errors)
            if kind == "lifetime"
            else _constant(situation, item, more, errors)
        )
        if made is not None:
            names, parts, prior = made
            yield Candidate(
                f"declare `{names}` on `{item.name}`, as its uses have it"[:160], parts, prior, cites=("E0107",)
            )


def _declaration(index: ItemIndex, error: Diagnostic) -> Item | None:
    for note in error.notes:
        for span in note.spans if "defined here" in note.message else ():
            item = index.defined_at(span) if span.primary and span.path in index.files else None
            if isinstance(item, Struct | Enum | Alias):
                return item
    return None


def _given(situation: Situation, errors: list[Diagnostic]) -> Iterator[list[str]]:
    """The generic arguments that the uses have."""
    for error in errors:
        place = error.primary
        if place is None:
            continue
        root = situation.syntax(place.path).root_node
        holder = nodes.enclosing(nodes.node_at(root, place.start, place.end), "generic_type")
        listed = None if holder is None else holder.child_by_field_name("type_arguments")
        if listed is not None:
            source = situation.source(place.path)
            yield [source[a:b].decode("utf-8", "replace") for a, b in edits.elements_of(listed)]


def _lifetimes(
    situation: Situation, item: Item, more: int, errors: list[Diagnostic]
) -> tuple[str, tuple[Replacement, ...], float] | None:
    own = [generic.name for generic in item.generics if generic.kind == "lifetime"]
    whole = situation.text(item.path, item.start, item.end)
    quantified = set(_LIFETIME.findall(" ".join(re.findall(r"for<([^>]*)>", whole))))
    spoken = [n for n in dict.fromkeys(_LIFETIME.findall(whole)) if n not in own and n not in quantified]
    if len(spoken) == more:
        return ", ".join(spoken), (edits.add_generic(item, ", ".join(spoken)),), _SPOKEN
    if spoken or more != 1:
        return None
    told = [name for row in _given(situation, errors) for name in row if _LIFETIME.fullmatch(name)]
    name = max(dict.fromkeys(told), key=told.count, default="'a")
    places = tuple(_lived(situation, item, name))
    if not places:
        return None
    return name, (edits.add_generic(item, name), *places), _CERTAIN if len(errors) > 1 else _LIKELY


def _lived(situation: Situation, item: Item, name: str) -> Iterator[Replacement]:
    """The references and trait objects of a declaration that name no lifetime, with ``name``."""
    start = item.body.start if item.body is not None else item.name_end
    root = situation.syntax(item.path).root_node
    inside = [
        node
        for node in nodes.every(root, ("reference_type", "dynamic_type"))
        if start <= node.start_byte and node.end_byte <= item.end and not _in_function_type(node, start)
    ]
    for node in inside:
        if node.type == "reference_type":
            if nodes.child(node, "lifetime") is None:
                yield edits.insert(item.path, node.start_byte + 1, f"{name} ")
            continue
        holder = node.parent
        bounds = holder if holder is not None and holder.type == "bounded_type" else None
        behind = holder is not None and (bounds or holder).parent is not None
        if behind and "'" not in text(bounds or node) and (holder is None or holder.type != "reference_type"):
            end = node if bounds is None else bounds
            yield edits.insert(item.path, end.end_byte, f" + {name}")


def _in_function_type(node: Node, start: int) -> bool:
    """It is a parameter or result of a function type, which has a lifetime of its own."""
    holder = nodes.enclosing(node.parent, "function_type")
    return holder is not None and holder.start_byte >= start


def _constant(
    situation: Situation, item: Item, more: int, errors: list[Diagnostic]
) -> tuple[str, tuple[Replacement, ...], float] | None:
    """One constant at the end, as an impl of the type declares it."""
    if more != 1:
        return None
    index = ItemIndex.of(situation)
    for impl in index.impls_of(item.name, "*"):
        last = impl.generics[-1] if impl.generics else None
        given = re.search(r"(\w+)\s*>$", impl.self_type.text)
        if last is None or last.kind != "const" or last.bounds is None or given is None or given[1] != last.name:
            continue
        declared = f"const {last.name}: {last.bounds.text.lstrip(': ')}"
        return declared, (edits.add_generic(item, declared),), _CERTAIN if len(errors) > 1 else _ONCE
    if any(row and re.fullmatch(r"\d[\d_]*", row[-1]) for row in _given(situation, errors)):
        return "const N: usize", (edits.add_generic(item, "const N: usize"),), _ONCE
    return None
