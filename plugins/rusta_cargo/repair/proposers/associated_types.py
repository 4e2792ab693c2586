"""Associated types that are not named, misnamed, or named where they cannot be: E0191, E0220, E0229.

``dyn Trait`` gets the types that the impls of the trait (or the uses around it) have; a misnamed one takes the name of
the trait's; ``<I as Trait<A = B>>::A`` becomes a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.analogy import common
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import add_bound, delete, insert, into_body, replace
from rusta_cargo.repair.code.items import Alias, Function, Impl, Item, ItemIndex, Trait
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import enclosing, node_at, text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_cargo.repair.proposers.trait_signatures import index_impls
from rusta_schemas.diagnostic import Diagnostic, Span

Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for errors about associated types."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in _ANSWERS or place is None:
            continue
        index = index or ItemIndex.of(situation)
        for title, parts, prior in _ANSWERS[diagnostic.code](situation, index, diagnostic, place):
            yield Candidate(
                title[:160],
                parts,
                min(0.95, prior),
                diagnostic=number,
                cites=(diagnostic.code,),
            )


def _unnamed(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0191: a trait object without its associated types."""
    names = re.findall(r"associated types? (.*?) in", diagnostic.message)
    wanted = quoted(names[0])[:4] if names else quoted(diagnostic.message)[:1]
    node = node_at(situation.syntax(place.path), place.start, place.end)
    written = situation.text(place.path, place.start, place.end)
    head, given = types.split_generic(written)
    trait = index.trait(head)
    if enclosing(node, "type_arguments") is None and not written:
        return
    for kinds, prior in _kinds(index, trait, wanted):
        listed = [*given, *(f"{name} = {kind}" for name, kind in zip(wanted, kinds, strict=True))]
        change = replace(place.path, place.start, place.end, f"{head}<{', '.join(listed)}>")
        yield f"name the associated types: `{change.text}`", (change,), prior


def _kinds(index: ItemIndex, trait: Trait | None, wanted: list[str]) -> Iterator[tuple[list[str], float]]:
    """What the impls in the tree have for the names, most common first; then simple types."""
    sets: list[str] = []
    for impl in [] if trait is None else index_impls(index, trait):
        have = {item.name: item.type.text for item in impl.items if isinstance(item, Alias) and item.type is not None}
        if all(name in have for name in wanted):
            sets.append("\0".join(have[name] for name in wanted))
    for joined, count in common(sets)[:3]:
        yield joined.split("\0"), 0.7 * count / len(sets)
    for rank, kind in enumerate(("i32", "()", "String")):
        yield [kind] * len(wanted), 0.12 / (rank + 1)


def _misnamed(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0220: the trait has no associated type of this name."""
    told = quoted(diagnostic.message)
    name = told[0] if told else ""
    item = index.at(place.path, place.start)
    yield from _of_impl(situation, item, name, place)
    traits = [index.trait(other) for other in [*told[1:], *_bounds(item, told[1:2])]]
    while item is not None and not isinstance(item, Trait):
        item = item.parent
    trait = next((found for found in traits if found is not None), item)
    if trait is None:
        return
    known = [other.name for other in trait.items if isinstance(other, Alias)]
    for other in sorted(known, key=lambda candidate: -likeness(name, candidate)):
        alike = likeness(name, other)
        prior = 0.85 * alike if alike >= 0.5 else 0.4 if len(known) == 1 else 0.1
        yield (
            f"the associated type is `{other}`",
            (replace(place.path, place.start, place.end, other),),
            prior,
        )
    generics = {generic.name for generic in trait.generics}
    written = situation.text(place.path, place.start, place.end)
    source = situation.source(place.path)
    if written == name and source[: place.start].endswith(b"Self::") and (name in generics or index.type_named(name)):
        yield (
            f"`{name}` is not the trait's own",
            (delete(place.path, place.start - 6, place.start),),
            0.5,
        )
    change = into_body(situation.source(trait.path), trait, f"type {name};")
    if name.isidentifier() and change is not None:
        if known or trait.items:
            first = trait.items[0]
            change = insert(trait.path, first.first, f"type {name};\n{_indent(situation, trait, first.first)}")
        yield (
            f"declare the associated type `{name}` in `{trait.name}`",
            (change,),
            0.35 if not known else 0.2,
        )


def _of_impl(situation: Situation, item: Item | None, name: str, place: Span) -> Iterator[Answer]:
    """``Self::Err`` in an impl whose associated type is ``Error``."""
    while item is not None and not isinstance(item, Impl):
        item = item.parent
    if item is None or not situation.source(place.path)[: place.start].endswith(b"Self::"):
        return
    known = [other.name for other in item.items if isinstance(other, Alias) and other.name != name]
    for other in known:
        prior = 0.9 if len(known) == 1 else 0.85 * likeness(name, other)
        yield f"the associated type is `{other}`", (replace(place.path, place.start, place.end, other),), prior


def _bounds(item: Item | None, names: list[str]) -> list[str]:
    """The traits that bound a generic parameter of the items around."""
    found: list[str] = []
    while item is not None:
        for generic in item.generics:
            if generic.name in names and generic.bounds is not None:
                found += generic.bounds.text.lstrip(":").split("+")
        for predicate in types.split_top((item.where.text if item.where else "").removeprefix("where")):
            left, colon, right = predicate.partition(":")
            if colon and left.strip() in names:
                found += right.split("+")
        item = item.parent
    return [types.split_generic(name.strip())[0] for name in found]


def _indent(situation: Situation, trait: Trait, byte: int) -> str:
    line = situation.source(trait.path)[:byte].rpartition(b"\n")[2]
    return line.decode("utf-8", "replace") if not line.strip() else ""


def _misplaced(situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0229: ``A = B`` in a path: the binding moves to a bound of the generic it speaks of."""
    node = node_at(situation.syntax(place.path), place.start, place.end)
    listed = enclosing(node, "type_arguments")
    qualified = enclosing(node, ("bracketed_type", "qualified_type"))
    if listed is None:
        return
    only = len(listed.named_children) == 1
    start, end = (listed.start_byte, listed.end_byte) if only else (place.start, place.end)
    cut = delete(place.path, start, end)
    item = index.at(place.path, place.start)
    inner = qualified if qualified is None or qualified.type == "qualified_type" else qualified.named_children[0]
    if inner is not None and inner.type == "qualified_type" and isinstance(item, Function):
        kind, trait = inner.child_by_field_name("type"), inner.child_by_field_name("alias")
        bound = add_bound(item, text(kind), text(trait))
        if bound is not None:
            yield f"bind `{text(kind)}: {text(trait)}` instead", (*_ordered(bound, cut),), 0.6
        bare = add_bound(item, text(kind), text(trait).partition("<")[0])
        if bare is not None:
            yield f"bind `{text(kind)}` and drop the associated type", (*_ordered(bare, cut),), 0.4
    head = listed.prev_sibling
    if isinstance(item, Function) and index.type_named(text(head)) is not None:
        value = situation.text(place.path, place.start, place.end).partition("=")[2].strip()
        if value:
            yield (
                f"pass `{value}` itself",
                (replace(place.path, place.start, place.end, value),),
                0.5,
            )
    yield "leave out the associated type", (cut,), 0.3


def _ordered(*parts: Replacement) -> list[Replacement]:
    return sorted(parts, key=lambda part: part.start)


_ANSWERS = {"E0191": _unnamed, "E0220": _misnamed, "E0229": _misplaced}
