"""References without a lifetime where an impl or a bound has to name one: E0803 and E0637.

``impl<'a> Get<&str> for Holder<'a>`` whose method gives back what the holder has: all of them are ``&'a``. A bound such
as ``T: Iterator<Item = &u32>`` takes its lifetime from the function's own parameters.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Impl, Item
from rusta_cargo.repair.proposer import Replacement

_LETTERS = "abcdefgh"


def _of_impl(case: Case) -> Iterator[Answer]:
    """The references in the trait's arguments and in the results of the methods live as long as the type says."""
    item = case.index.at(case.path, case.place.start, case.place.end)
    while item is not None and not isinstance(item, Impl):
        item = item.parent
    if item is None or item.trait is None:
        return
    own = [generic.name for generic in item.generics if generic.kind == "lifetime"]
    node = nodes.exact(case.root, item.trait.start, item.trait.end)
    given = [] if node is None else list(_elided(node))
    if not given:
        return
    for rank, name in enumerate(own):
        parts = [_named(case.path, reference, name) for reference in given]
        for function in item.items:
            if isinstance(function, Function) and function.returns is not None:
                result = nodes.exact(case.root, function.returns.start, function.returns.end)
                parts += [_named(case.path, reference, name) for reference in _elided(result)]
        yield Answer(f"let what `{item.trait.text}` speaks of live for `{name}`", tuple(parts), 0.7 / (1 + rank))


def _of_bound(case: Case) -> Iterator[Answer]:
    """The lifetime of a reference in a bound becomes a parameter of the item."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    reference = nodes.enclosing(node, "reference_type")
    bounded = nodes.around(reference, ("where_predicate", "trait_bounds"))
    item = case.index.at(case.path, case.place.start, case.place.end)
    if reference is None or bounded is None or item is None or nodes.child(reference, "lifetime") is not None:
        return
    known = [generic.name for generic in item.generics if generic.kind == "lifetime"]
    for name in known[:1]:
        yield Answer(f"let it live for `{name}`", (_named(case.path, reference, name),), 0.4)
    fresh = _fresh(case, item)
    if fresh is not None:
        parts = (edits.add_generic(item, fresh), _named(case.path, reference, fresh))
        inside = nodes.around(reference, "type_binding") is not None
        yield Answer(f"declare `{fresh}` for what the bound speaks of", parts, 0.62 if inside else 0.3)


def _elided(node: Node | None) -> Iterator[Node]:
    if node is not None:
        for reference in nodes.below(node, "reference_type"):
            if nodes.child(reference, "lifetime") is None:
                yield reference


def _named(path: str, reference: Node, lifetime: str) -> Replacement:
    return edits.insert(path, reference.start_byte + 1, f"{lifetime} ")


def _fresh(case: Case, item: Item) -> str | None:
    """A lifetime that the item's text does not speak of."""
    written = case.source[item.start : item.end].decode("utf-8", "replace")
    return next((f"'{letter}" for letter in _LETTERS if f"'{letter}" not in written), None)


propose = answering({"E0803": (_of_impl,), "E0637": (_of_bound,)})
