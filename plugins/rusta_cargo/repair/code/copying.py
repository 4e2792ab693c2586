"""Making a type of the tree Copy or Clone by derives, with those its fields need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.answers import Answer, Case
from rusta_cargo.repair.code.deriving import derive_added
from rusta_cargo.repair.code.items import Enum, ItemIndex, Struct
from rusta_cargo.repair.code.ownership import could_clone, could_copy, fields_of
from rusta_cargo.repair.proposer import Replacement, Situation

_ALIKE = 0.1


def derived(
    situation: Situation,
    index: ItemIndex,
    item: Struct | Enum,
    names: Sequence[str],
    depth: int = 3,
) -> tuple[Replacement, ...]:
    """The derives ``names`` added to a type and to the types of its fields that lack them; nothing if one cannot be."""
    copy = "Copy" in names
    missing = [name for name in names if not index.implements(item.name, name)]
    found: dict[tuple[str, int], Replacement] = {}
    change = derive_added(situation.source(item.path), item, missing) if missing else None
    if change is not None:
        found[(change.path, change.start)] = change
    for field in fields_of(item):
        inner = index.type_named(field.type.text)
        boxed = types.inner(field.type.text, "Vec", "Option", "Box")
        if inner is None and boxed is not None:
            inner = index.type_named(boxed)
        if inner is None or inner is item or depth == 0 or types.head(field.type.text) in ("Rc", "Arc"):
            continue
        if not all(index.implements(inner.name, name) for name in names):
            more = derived(situation, index, inner, names, depth - 1)
            if not more:
                return ()
            found |= {(part.path, part.start): part for part in more}
        continue
    fits = could_copy if copy else could_clone
    if not found or not (fits(item, index) or len(found) > 1):
        return ()
    return tuple(found.values())


def made_copy(case: Case, kind: str | None) -> Iterator[Answer]:
    """A small type of ours that was moved derives Copy."""
    if kind is None or types.is_reference(kind):
        return
    item = case.index.type_named(kind)
    if item is None or case.index.implements(item.name, "Copy") or case.index.implements(item.name, "Drop"):
        return
    if not could_copy(item, case.index):
        return
    names = ("Copy",) if case.index.implements(item.name, "Clone") else ("Clone", "Copy")
    parts = derived(case.situation, case.index, item, names)
    same = sum(
        d.code == case.diagnostic.code and f"`{item.name}`" in d.model_dump_json() for d in case.situation.diagnostics
    )
    plain = isinstance(item, Enum) or all(field.type.text in types.COPY for field in fields_of(item))
    plain = plain and not case.index.implements(item.name, "Iterator")
    if names == ("Copy",) and plain and fields_of(item) + list(getattr(item, "variants", ())):
        prior = 0.93  # such a type is Copy as a rule; a clone would say the same at every use
    elif not fields_of(item) and isinstance(item, Struct):
        prior = 0.2
    else:
        prior = 0.5 if names == ("Copy",) else 0.35
    prior += _ALIKE * min(4, same - 1) if prior < 0.9 else 0.01 * min(4, same - 1)
    yield Answer(f"derive {' and '.join(names)} for `{item.name}`", parts, prior)
