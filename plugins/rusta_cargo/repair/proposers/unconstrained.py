"""Parameters of an impl that nothing fixes: E0207.

They go to the methods that use them, or away, or into the type or the trait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Impl, Item
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.regions import (
    definition,
    renamed,
    undeclare,
)
from rusta_cargo.repair.proposer import Replacement


def _unconstrained(case: Case) -> Iterator[Answer]:
    """E0207: a parameter of an impl goes to the methods that use it, or away, or into the type."""
    name = next(iter(quoted(case.diagnostic.message)), "")
    item = case.index.at(case.path, case.place.start, case.place.end)
    while item is not None and not isinstance(item, Impl):
        item = item.parent
    if not isinstance(item, Impl) or not name:
        return
    gone = undeclare(item, name)
    number = next((n for n, part in enumerate(item.generics) if part.name == name), None)
    if gone is None or number is None:
        return
    users = [inner for inner in item.items if _uses(case, inner, name)]
    written = case.source[item.generics[number].start : item.generics[number].end].decode("utf-8", "replace")
    if not users and not _uses_header(item, name):
        yield Answer(f"leave `{name}` out", (gone,), 0.85)
    if users and all(isinstance(inner, Function) for inner in users) and item.trait is None:
        moved = [edits.add_generic(inner, written) for inner in users]
        yield Answer(f"declare `{name}` where it is used", (gone, *moved), 0.6)
    if name.startswith("'"):
        node = definition(case.root, item)
        changes = tuple(c for c in renamed(case.path, node, name, "'static") if not gone.start <= c.start < gone.end)
        yield Answer(f"write `'static` for `{name}`", (gone, *changes), 0.35)
        return
    yield from _into_type(case, item, name, written)
    if item.trait is not None:
        yield from _into_trait(case, item, name)


def _uses(case: Case, item: Item, name: str) -> bool:
    return (
        re.search(
            rf"(?<![\w']){re.escape(name)}\b",
            case.source[item.start : item.end].decode("utf-8", "replace"),
        )
        is not None
    )


def _uses_header(item: Impl, name: str) -> bool:
    head = (
        item.self_type.text
        + (item.trait.text if item.trait is not None else "")
        + (item.where.text if item.where is not None else "")
    )
    return re.search(rf"(?<![\w']){re.escape(name)}\b", head) is not None


def _into_type(case: Case, item: Impl, name: str, written: str) -> Iterator[Answer]:
    """The type itself gets the parameter, held by a marker."""
    struct = case.index.struct(item.self_type.text)
    if struct is None or struct.generics or struct.kind != "struct" or "const" in written:
        return
    source = case.situation.source(struct.path)
    marker = f"std::marker::PhantomData<{name}>"
    if struct.shape == "unit":
        change = edits.insert(struct.path, struct.name_end, f"<{name}>({marker})")
        parts: list[Replacement] = [change]
    else:
        field = edits.add_field(source, struct, f"_marker: {marker}" if struct.shape == "named" else marker)
        parts = [edits.add_generic(struct, name), *([] if field is None else [field])]
    parts.append(edits.insert(item.path, item.self_type.end, f"<{name}>"))
    yield Answer(f"give `{struct.name}` the parameter `{name}`", tuple(parts), 0.4, ("changes a type",))


def _into_trait(case: Case, item: Impl, name: str) -> Iterator[Answer]:
    trait = case.index.trait(item.trait.text) if item.trait is not None else None
    if trait is None or trait.generics or item.trait is None:
        return
    parts = (edits.add_generic(trait, name), edits.insert(item.path, item.trait.end, f"<{name}>"))
    yield Answer(f"give `{trait.name}` the parameter `{name}`", parts, 0.3, ("changes a trait",))


propose = answering({"E0207": (_unconstrained,)})
