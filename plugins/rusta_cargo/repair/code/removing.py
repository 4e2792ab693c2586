"""Taking whole items and derives away, with the lines that belong to them."""

from __future__ import annotations

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.items import Item
from rusta_cargo.repair.proposer import Replacement, Situation


def without(situation: Situation, item: Item) -> tuple[Replacement, ...]:
    """The item goes, with its attributes."""
    source = situation.source(item.path)
    return (edits.delete_lines(item.path, source, item.first, item.end),)


def underived(situation: Situation, owner: Item, traits: tuple[str, ...]) -> tuple[Replacement, ...]:
    """Takes derives away, and the attribute with the last of them."""
    source = situation.source(owner.path)
    for attribute in owner.attributes:
        listed = [(piece.start, piece.end) for piece in attribute.arguments]
        which = [at for at, piece in enumerate(attribute.arguments) if piece.text.rpartition("::")[2] in traits]
        if attribute.name == "derive" and which:
            if len(which) == len(listed):
                return (edits.delete_lines(owner.path, source, attribute.start, attribute.end),)
            if len(which) == 1:
                return (edits.delete_element(owner.path, source, listed, which[0]),)
            kept = [piece.text for at, piece in enumerate(attribute.arguments) if at not in which]
            return (edits.replace(owner.path, listed[0][0], listed[-1][1], ", ".join(kept)),)
    return ()
