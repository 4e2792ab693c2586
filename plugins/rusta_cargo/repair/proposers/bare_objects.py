"""A trait behind a pointer or in a collection, where a type must stand: E0782.

The compiler offers a generic parameter, ``impl`` and ``dyn`` as equals. Code that has trait objects elsewhere lost a
``dyn``; what is owned behind a pointer can be nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.nodes import node_at, text
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable

_OWNERS = ("Box", "Rc", "Arc", "RefCell", "Mutex", "RwLock")
_HERE, _OWNED, _LENT = 0.97, 0.95, 0.6
_BOXED = 0.75


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``dyn`` in front of the trait."""
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if error.code != "E0782" or place is None or place.macro is not None:
            continue
        node = node_at(situation.syntax(place.path).root_node, place.start, place.end)
        pointer = _pointer(node)
        if pointer is None:
            if _held(node):
                yield Candidate(
                    f"box an object of the trait: `Box<dyn {text(node)}>`"[:160],
                    (edits.replace(place.path, place.start, place.end, f"Box<dyn {text(node)}>"),),
                    _BOXED,
                    diagnostic=number,
                    cites=("E0782",),
                )
            continue
        prior = _HERE if _has_objects(situation) else _OWNED if pointer.type == "generic_type" else _LENT
        yield Candidate(
            f"mean an object of the trait: `dyn {text(node)}`"[:160],
            (edits.insert(place.path, place.start, "dyn "),),
            prior,
            diagnostic=number,
            cites=("E0782",),
        )


def _pointer(node: Node) -> Node | None:
    """The reference or owner that the trait stands behind."""
    holder = nodes.enclosing(node.parent or node, ("reference_type", "generic_type", "parameter", "function_item"))
    if holder is None or holder.type not in ("reference_type", "generic_type"):
        return None
    if holder.type == "generic_type" and types.head(text(holder)) not in _OWNERS:
        return None
    return holder


def _held(node: Node) -> bool:
    """The trait stands as what a type of the standard library holds: ``Result<(), Error>``, ``Vec<Shape>``."""
    whole = node.parent if node.parent is not None and node.parent.type in ("generic_type", "bounded_type") else node
    listed = whole.parent
    return listed is not None and listed.type == "type_arguments"


def _has_objects(situation: Situation) -> bool:
    for path in ItemIndex.of(situation).files:
        try:
            if b"dyn " in situation.source(path):
                return True
        except SourceUnavailable:
            continue
    return False
