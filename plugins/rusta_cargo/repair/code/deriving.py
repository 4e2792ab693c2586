"""Traits that a type of the tree can derive, with what they need beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.items import Enum, Item, ItemIndex, Struct, Variant
from rusta_cargo.repair.proposer import Replacement, Situation

# In the order in which people list them.
DERIVABLE = ("Debug", "Clone", "Copy", "PartialEq", "Eq", "Hash", "PartialOrd", "Ord", "Default")
# The orders of a list that people keep to, this one first.
ORDERS = (
    DERIVABLE,
    ("Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Default"),
    ("Copy", "Clone", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Default"),
    ("Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Debug", "Default"),
    ("Copy", "Clone", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Debug", "Default"),
    ("Clone", "Copy", "Debug", "Eq", "PartialEq", "Ord", "PartialOrd", "Hash", "Default"),
    ("Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"),
    ("Default", "Debug", "Clone", "Copy", "PartialEq", "Eq", "Hash", "PartialOrd", "Ord"),
)
# Names that stand side by side.
_PARTNERS = {
    "PartialEq": "Eq", "Eq": "PartialEq", "PartialOrd": "Ord", "Ord": "PartialOrd", "Clone": "Copy", "Copy": "Clone",
}  # fmt: skip
_DERIVE = re.compile(r"#\[derive\(([^()\[\]]*)\)\]")
_WITH = {
    "Copy": ("Clone",), "Eq": ("PartialEq",), "Ord": ("PartialOrd", "Eq", "PartialEq"), "PartialOrd": ("PartialEq",),
    "Hash": (),
}  # fmt: skip


def together(trait: str) -> tuple[str, ...]:
    """``trait`` with the traits that a derive of it needs, in the usual order."""
    if trait not in DERIVABLE:
        return (trait,)
    wanted = {trait, *_WITH.get(trait, ())}
    return tuple(name for name in DERIVABLE if name in wanted)


def derived_here(index: ItemIndex, path: str = "") -> dict[str, str]:
    """The derives of other crates that the tree uses, and how they are written; in ``path`` before elsewhere."""
    found: dict[str, tuple[tuple[bool, bool], str]] = {}
    for item in (*index.of_kind(Struct), *index.of_kind(Enum)):
        for piece in (p for attribute in item.attributes if attribute.name == "derive" for p in attribute.arguments):
            name = piece.text.rpartition("::")[2]
            if name not in DERIVABLE:
                weight = (item.path == path, "::" in piece.text)
                found[name] = max(found.get(name, (weight, piece.text)), (weight, piece.text))
    return {name: text for name, (_, text) in found.items()}


def deriving(
    situation: Situation, index: ItemIndex, item: Struct | Enum, traits: tuple[str, ...]
) -> tuple[Replacement, ...]:
    """The edit by which ``item`` derives ``traits``; those it has already are left out. Empty when nothing is to do."""
    missing = [name for name in traits if not index.implements(item.name, name)]
    if not missing:
        return ()
    source = situation.source(item.path)
    foreign = derived_here(index, item.path)
    added = derive_added(source, item, [foreign.get(name, name) for name in missing])
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


def derive_added(source: bytes, item: Item, missing: Sequence[str]) -> Replacement | None:
    """:func:`edits.add_derive`, a single name at the place in the list where the file and custom have it."""
    new = [name for name in missing if name not in item.derives]
    listed = next((a for a in item.attributes if a.name == "derive" and a.arguments), None)
    if listed is not None and len(new) == 1:
        present = [piece.text.rpartition("::")[2] for piece in listed.arguments]
        at = _place(present, new[0], _lists(source))
        if at < len(present):
            return edits.insert(item.path, listed.arguments[at].start, f"{new[0]}, ")
    return edits.add_derive(source, item, missing)


def _lists(source: bytes) -> list[list[str]]:
    """The derives of the file."""
    found = _DERIVE.findall(source.decode("utf-8", "replace"))
    return [[name.strip().rpartition("::")[2] for name in names.split(",") if name.strip()] for names in found]


def _place(present: list[str], new: str, lists: Sequence[Sequence[str]]) -> int:
    """Where ``new`` goes: beside what it stands beside in the likest list of the file, else in a usual order."""
    partner = _PARTNERS.get(new)
    if partner in present:
        listed = next((names for names in lists if new in names and partner in names), None)
        usual = DERIVABLE if listed is None else listed
        return present.index(partner) + (usual.index(new) > usual.index(partner))
    models = sorted((names for names in lists if new in names), key=lambda names: -len(set(names) & set(present)))
    for model in models[:1]:
        at = model.index(new)
        before = next((name for name in reversed(model[:at]) if name in present), None)
        after = next((name for name in model[at:] if name in present), None)
        if before is not None:
            return present.index(before) + 1
        if after is not None:
            return present.index(after)
    for order in ORDERS:
        ranks = [order.index(name) for name in present if name in order]
        if new in order and ranks and ranks == sorted(ranks):
            later = (n for n, name in enumerate(present) if name in order and order.index(name) > order.index(new))
            return next(later, len(present))
    return len(present)


def own_types(index: ItemIndex, kind: str) -> list[Struct | Enum]:
    """The types of the tree that are spoken of in a type, the outermost last."""
    found: list[Struct | Enum] = []
    for word in types.words(kind):
        item = index.type_named(word)
        if item is not None and item not in found and not isinstance(item, Variant):
            found.append(item)
    return found
