"""Type parameters whose bound was lost and stands elsewhere: E0220, E0599, E0618; E0308 and E0277 about them.

Another impl of the type asks it of the parameter of the same name; another parameter of the same item, whose associated
type is used beside it, has it too; or a function of the file has a parameter of that name. A function beside it with the
same parameters shows the whole where clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.bounding import bounds_of, required
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import Function, Impl, Item, ItemIndex
from rusta_cargo.repair.code.labels import all_spans
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_NO_TYPE = re.compile(r"associated type `(\w+)` not found for `(\w+)`")
_NO_METHOD = re.compile(r"found for (?:type parameter|(?:mutable )?reference) `&?(?:mut )?(\w+)`")
_CALLED = re.compile(r"`\w+` has type `&?(?:mut )?(\w+)`")
_SAME_TYPE, _BESIDE, _NAMESAKE = 0.82, 0.72, 0.45
_CLAUSE = 0.9
_MOST = 3


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The bounds as they stand elsewhere."""
    yield from gathered(situation, _READERS)


def _bounds(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    place = diagnostic.primary
    name, associated = _parameter(diagnostic)
    item: Item | None = None if place is None or not name else index.at(place.path, place.start)
    while item is not None and not any(generic.name == name and generic.kind == "type" for generic in item.generics):
        item = item.parent
    own = None if item is None else next(generic for generic in item.generics if generic.name == name)
    if item is None or own is None or bounds_of(item, own):
        return
    seen: set[str] = set()
    for bounds, where, weight in _elsewhere(situation, index, item, name, associated):
        change = required(situation, item, name, bounds)
        if change is not None and bounds not in seen and len(seen) < _MOST:
            seen.add(bounds)
            yield f"require `{bounds}` of `{name}`, as {where} does", (change,), weight


def _parameter(diagnostic: Diagnostic) -> tuple[str, str]:
    """The parameter that lacks a bound, and its associated type when that is what is missing."""
    if found := _NO_TYPE.search(diagnostic.message):
        return found[2], found[1]
    if found := _NO_METHOD.search(diagnostic.message):
        return found[1], ""
    if diagnostic.code == "E0618":
        told = (_CALLED.search(span.label or "") for span in all_spans(diagnostic))
        return next((match[1] for match in told if match), ""), ""
    return "", ""


def _elsewhere(
    situation: Situation, index: ItemIndex, item: Item, name: str, associated: str
) -> Iterator[tuple[str, str, float]]:
    if isinstance(item, Impl):
        for other in index.impls_of(types.head(item.self_type.text), "*"):
            for generic in other.generics:
                if generic.name == name and (bounds := bounds_of(other, generic)):
                    yield bounds, "another impl", _SAME_TYPE
    written = situation.text(item.path, item.start, item.end)
    for generic in item.generics:
        used = associated and re.search(rf"\b{generic.name}::{associated}\b", written)
        bounds = bounds_of(item, generic) if generic.name != name and used else ""
        if bounds and name not in types.words(bounds):
            yield bounds, f"`{generic.name}`", _BESIDE
    known = {generic.name for generic in item.generics}
    for namesake in index.files.get(item.path, ()):
        if not isinstance(namesake, Function | Impl) or namesake is item:
            continue
        for generic in namesake.generics:
            bounds = bounds_of(namesake, generic) if generic.name == name else ""
            spoken = {word for word in types.words(bounds) if any(word == g.name for g in namesake.generics)}
            if bounds and spoken <= known:
                yield bounds, f"`{namesake.name}`", _NAMESAKE


def _clause(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """The whole where clause of a function with the same parameters, in the same impl or trait."""
    places = [] if diagnostic.primary is None else [diagnostic.primary]
    places += [span for note in diagnostic.notes for span in note.spans if span.path in index.files]
    for place in places:
        item = index.at(place.path, place.start)
        if not isinstance(item, Function) or not item.generics or item.where is not None or item.body is None:
            continue
        names = [generic.name for generic in item.generics]
        if any(generic.bounds is not None for generic in item.generics if generic.kind == "type"):
            continue
        told = f"{diagnostic.message} {' '.join(span.label or '' for span in diagnostic.spans)}"
        noted = place is not diagnostic.primary or any(name in types.words(told) for name in names)
        siblings = [] if item.parent is None else [s for s in item.parent.items if isinstance(s, Function)]
        for other in siblings if noted else ():
            if other.where is None or [generic.name for generic in other.generics] != names or other.body is None:
                continue
            head = other.returns.end if other.returns is not None else other.parameters_span.end
            clause = situation.text(other.path, head, other.body.start)
            start = item.returns.end if item.returns is not None else item.parameters_span.end
            change = edits.replace(item.path, start, item.body.start, clause)
            yield f"require of {', '.join(names)} what `{other.name}` does", (change,), _CLAUSE
            break


_READERS: dict[str, tuple[Reader, ...]] = {
    "E0220": (_bounds,), "E0599": (_bounds, _clause), "E0618": (_bounds,), "E0308": (_clause,), "E0277": (_clause,),
}  # fmt: skip
