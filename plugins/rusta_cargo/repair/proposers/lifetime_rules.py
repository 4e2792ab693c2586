"""Lifetimes under a reserved name, declared twice, or where none may stand.

E0262, E0637, E0403, E0263, E0496, E0226, E0228, E0581, E0582.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Item
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.regions import (
    declared,
    definition,
    fresh,
    places,
    renamed,
    undeclare,
)


def _reserved(case: Case) -> Iterator[Answer]:
    """E0262 and E0637: ``'static`` and ``'_`` cannot be declared."""
    item = case.index.at(case.path, case.place.start, case.place.end)
    name = text(nodes.enclosing(case.node, ("lifetime", "lifetime_parameter")))
    if item is None or name not in ("'static", "'_") or not any(part.name == name for part in item.generics):
        return
    node = definition(case.root, item)
    new = fresh(item, case.source)
    yield Answer(f"call it `{new}`", tuple(renamed(case.path, node, name, new)), 0.88)
    gone = undeclare(item, name)
    if gone is not None:
        yield Answer(f"do not declare `{name}`", (gone,), 0.6)


def _twice(case: Case) -> Iterator[Answer]:
    """E0403, E0263 and E0496: the second declaration goes, or gets a name of its own."""
    name = next(iter(quoted(case.diagnostic.message)), "")
    item = case.index.at(case.path, case.place.start, case.place.end)
    if item is None or not name:
        return
    own_names = [n for n, part in enumerate(item.generics) if part.name == name]
    second = next((n for n, k in enumerate(own_names) if item.generics[k].start == case.place.start), None)
    if second is None:
        second = len(own_names) - 1
    lifetime, shadows = name.startswith("'"), len(own_names) == 1
    gone = undeclare(item, name, second)
    if gone is not None:
        yield Answer(f"declare `{name}` once", (gone,), 0.75 if lifetime else 0.5)
    new = fresh(item, case.source) if lifetime else _letter(case, item)
    node = definition(case.root, item)
    kinds = ("lifetime",) if lifetime else ("type_identifier", "identifier")
    uses = [n for n in nodes.below(node, kinds) if text(n) == name]
    if shadows:
        yield Answer(f"call it `{new}`", tuple(edits.replace_node(case.path, n, new) for n in uses), 0.6)
        return
    declaration = edits.replace(case.path, case.place.start, case.place.start + len(name.encode()), new)
    later = [n for n in uses if n.start_byte >= case.place.end]
    if later:
        yield Answer(
            f"call the second one `{new}`",
            (declaration, edits.replace_node(case.path, later[-1], new)),
            0.55 if not lifetime else 0.3,
        )
    yield Answer(f"call the second one `{new}`", (declaration,), 0.2)


def _letter(case: Case, item: Item) -> str:
    taken = {part.name for part in item.generics} | {
        part.name for part in (item.parent.generics if item.parent else ())
    }
    used = case.source[item.start : item.end].decode("utf-8", "replace")
    return next((c for c in "UVWXYZSRQP" if c not in taken and not re.search(rf"\b{c}\b", used)), "Other")


def _bounds(case: Case) -> Iterator[Answer]:
    """E0226: one lifetime bound is enough for a trait object."""
    source, start = case.source, case.place.start
    before = source[:start].rstrip()
    if before.endswith(b"+"):
        cut = len(before[:-1].rstrip())
        yield Answer("keep the first lifetime bound", (edits.delete(case.path, cut, case.place.end),), 0.6)
    around = nodes.around(nodes.node_at(case.root, start, case.place.end), "bounded_type")
    first = None if around is None else next(nodes.below(around, "lifetime"), None)
    if first is not None and first.end_byte <= start:
        stop = source.index(b"+", first.end_byte)
        following = stop + 1
        while source[following : following + 1].isspace():
            following += 1
        yield Answer(
            "keep the second lifetime bound",
            (edits.delete(case.path, first.start_byte, following),),
            0.4,
        )


def _object(case: Case) -> Iterator[Answer]:
    """E0228: the trait object says how long it lives."""
    known = list(dict.fromkeys(name for name, _ in declared(case.index, case.path, case.place.start)))
    parent = nodes.node_at(case.root, case.place.start, case.place.end).parent
    loose = parent is not None and parent.type == "reference_type"
    for rank_, name in enumerate([*known, "'static", "'_"]):
        before, after = ("(", f" + {name})") if loose else ("", f" + {name}")
        parts = edits.wrap(case.path, case.place.start, case.place.end, before, after)
        yield Answer(f"let it live for `{name}`", parts, 0.5 - 0.06 * rank_)


def _unfixed(case: Case) -> Iterator[Answer]:
    """E0581 and E0582: a lifetime of a result that no argument has."""
    names = [name for name in quoted(case.diagnostic.message) if name.startswith("'")]
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    kind = nodes.enclosing(node, ("function_type",))
    if not names or kind is None:
        return
    name = names[0]
    returned = kind.child_by_field_name("return_type")
    listed = kind.child_by_field_name("parameters")
    quantifier = nodes.child(kind, "for_lifetimes")
    start = None if quantifier is None else quantifier.start_byte
    stop = None if quantifier is None else quantifier.end_byte
    bound = nodes.around(kind, "higher_ranked_trait_bound")
    if bound is not None and quantifier is None:
        start, stop = bound.start_byte, kind.start_byte
    if returned is None or start is None or stop is None:
        return
    alone = text(bound or kind)[: stop - start + 1].count("'") == 1
    while case.source[stop : stop + 1].isspace():
        stop += 1
    gone = (edits.delete(case.path, start, stop),) if alone else ()
    inside = bool(listed is not None and places(listed, name))
    item = case.index.at(case.path, case.place.start, case.place.end)
    named = (item is not None and not isinstance(item, Function)) or (
        kind.parent is not None and kind.parent.type != "let_declaration"
    )
    if item is not None and gone and named and not inside:
        yield Answer(f"declare `{name}` for `{item.name}`", (*gone, edits.add_generic(item, name)), 0.6)
    static = tuple(renamed(case.path, returned, name, "'static"))
    yield Answer("what is returned is static", (*static, *(() if inside else gone)), 0.45)
    for reference in nodes.below(returned, "reference_type"):
        if listed is not None and places(reference, name):
            parts = edits.add_to(case.path, case.source, listed, text(reference), 0)
            yield Answer(f"take `{text(reference)}` as well", (parts,), 0.3)
            break


propose = answering(
    {
        "E0262": (_reserved,),
        "E0637": (_reserved,),
        "E0403": (_twice,),
        "E0263": (_twice,),
        "E0496": (_twice,),
        "E0226": (_bounds,),
        "E0228": (_object,),
        "E0581": (_unfixed,),
        "E0582": (_unfixed,),
    }
)
