"""Traits that a type of the tree can derive, with what they need beside them."""

from __future__ import annotations

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.items import Enum, ItemIndex, Struct, Variant
from rusta_cargo.repair.proposer import Replacement, Situation

# In the order in which people list them.
DERIVABLE = ("Debug", "Clone", "Copy", "PartialEq", "Eq", "Hash", "PartialOrd", "Ord", "Default")
_WITH = {
    "Copy": ("Clone",), "Eq": ("PartialEq",), "Ord": ("PartialOrd", "Eq", "PartialEq"), "PartialOrd": ("PartialEq",),
    "Hash": (),
}  # fmt: skip


def together(trait: str) -> tuple[str, ...]:
    """``trait`` with the traits that a derive of it needs, in the usual order."""
    wanted = {trait, *_WITH.get(trait, ())}
    return tuple(name for name in DERIVABLE if name in wanted)


def deriving(
    situation: Situation, index: ItemIndex, item: Struct | Enum, traits: tuple[str, ...]
) -> tuple[Replacement, ...]:
    """The edit by which ``item`` derives ``traits``; those it has already are left out. Empty when nothing is to do."""
    missing = [name for name in traits if not index.implements(item.name, name)]
    if not missing:
        return ()
    source = situation.source(item.path)
    added = _inserted(item, missing) or edits.add_derive(source, item, missing)
    if added is None:
        return ()
    if "Default" in missing and isinstance(item, Enum):
        plain = next((v for v in item.variants if v.shape == "unit"), None)
        if plain is None:
            return ()
        return added, edits.insert(item.path, plain.first, "#[default] ") if b"\n" not in source[
            item.start : item.end
        ] else edits.line_before(item.path, source, plain.first, "#[default]")
    return (added,)


def _inserted(item: Struct | Enum, missing: list[str]) -> Replacement | None:
    """The new derives among those that are there, where those stand in the usual order; else None."""
    listed = next((a for a in item.attributes if a.name == "derive" and a.arguments), None)
    if listed is None or len(missing) != 1:
        return None
    ranks = [DERIVABLE.index(p.text) if p.text in DERIVABLE else 99 for p in listed.arguments]
    rank = DERIVABLE.index(missing[0]) if missing[0] in DERIVABLE else 99
    later = next((p for p, r in zip(listed.arguments, ranks, strict=True) if r > rank), None)
    if later is None or ranks != sorted(ranks):
        return None
    return edits.insert(item.path, later.start, f"{missing[0]}, ")


def own_types(index: ItemIndex, kind: str) -> list[Struct | Enum]:
    """The types of the tree that are spoken of in a type, the outermost last."""
    found: list[Struct | Enum] = []
    for word in types.words(kind):
        item = index.type_named(word)
        if item is not None and item not in found and not isinstance(item, Variant):
            found.append(item)
    return found
