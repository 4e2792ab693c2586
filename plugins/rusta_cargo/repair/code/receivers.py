"""Changes to how methods take ``self``, in the trait and its impls alike."""

from __future__ import annotations

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.callers import MUTATING, family, reads
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.usage import occurrences, place_of
from rusta_cargo.repair.proposer import Replacement, Situation


def with_receiver(index: ItemIndex, function: Function, written: str, alone: bool = False) -> tuple[Replacement, ...]:
    """The receiver of a method written anew in its whole family; nothing when the trait is not ours."""
    members = family(function, index, alone)
    if members is None:
        return ()
    return tuple(
        edits.replace(member.path, member.receiver.start, member.receiver.end, written)
        for member in members
        if member.receiver is not None and member.receiver.text != written
    )


def lent_receiver(situation: Situation, index: ItemIndex, function: Function) -> tuple[tuple[Replacement, ...], bool]:
    """``self`` as ``&self``; and whether the bodies only read it."""
    members = family(function, index) or []
    return with_receiver(index, function, "&self"), all(_reads(situation, index, member) for member in members)


def _reads(situation: Situation, index: ItemIndex, function: Function) -> bool:
    if function.body is None:
        return True
    root = situation.syntax(function.path).root_node
    body = nodes.node_at(root, function.body.start, function.body.end)
    return all(reads(index, use) for use in occurrences(body, "self"))


def changes_self(situation: Situation, index: ItemIndex, function: Function) -> bool:
    """The body seems to need a mutable ``self``: it assigns to it, borrows it so, or calls what changes it."""
    if function.body is None:
        return True
    root = situation.syntax(function.path).root_node
    body = nodes.node_at(root, function.body.start, function.body.end)
    for use in occurrences(body, "self"):
        place = place_of(use)
        parent = place.parent
        if parent is None:
            continue
        if (
            parent.type in ("assignment_expression", "compound_assignment_expr")
            and parent.child_by_field_name("left") == place
        ):
            return True
        if parent.type == "reference_expression" and nodes.child(parent, "mutable_specifier") is not None:
            return True
        if parent.type == "field_expression":
            name = text(parent.child_by_field_name("field"))
            known = [f for f in index.named(name, Function) if f.receiver is not None]
            if any("&mut" in (f.receiver.text if f.receiver else "") for f in known) or (
                not known and (name in MUTATING or name.endswith("_mut"))
            ):
                return True
    return False
