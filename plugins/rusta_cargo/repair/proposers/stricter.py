"""Impl functions that ask for more than the trait does: E0276, and E0277 that says so.

When several impls ask for the same, the bound is missing from the trait; a single impl may have one too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.bounding import bounded
from rusta_cargo.repair.code.edits import add_where
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import Function, ItemIndex, Trait
from rusta_cargo.repair.code.labels import all_spans, label_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_ASKED = re.compile(r"impl has extra requirement `([^:`]+): ([^`]+)`")
_APPEARS = re.compile(r"the requirement `([^:`]+): ([^`]+)` appears on the `impl`'s")
_LABELS = ("from trait", "this trait's method doesn't have")
_TRAIT, _SECOND = 0.62, 0.55


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The bound put into the trait, or taken out of the impl."""
    yield from gathered(situation, _READERS, confirmed=0.3)


def _balanced(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    told = (_APPEARS.search(note.message) for note in diagnostic.notes)
    found = _ASKED.search(label_of(diagnostic)) or next((match for match in told if match), None)
    place = diagnostic.primary
    item = None if place is None else index.at(place.path, place.start)
    while item is not None and not isinstance(item, Function):
        item = item.parent
    if found is None or item is None or place is None:
        return
    name, bound = found[1], found[2]
    declared = _declared(index, diagnostic)
    own = _written(item, name, bound)
    if declared is not None:
        theirs = _name_there(item, declared, name)
        added = bounded(declared, theirs, own) if theirs.isidentifier() else None
        added = added or add_where(declared, f"{theirs}: {own}")
        if added is not None:
            yield f"let `{declared.name}` of the trait ask for `{theirs}: {own}`", (added,), _TRAIT
    removed = _without(situation, item, name, own)
    if removed is not None:
        yield f"let the impl not ask for `{name}: {own}`", (removed,), _SECOND


def _declared(index: ItemIndex, diagnostic: Diagnostic) -> Function | None:
    """The trait's function that the label ``definition of … from trait`` points at."""
    for span in all_spans(diagnostic):
        if any(words in (span.label or "") for words in _LABELS) and span.path in index.files:
            item = index.at(span.path, span.start)
            if isinstance(item, Function) and isinstance(item.owner, Trait):
                return item
    return None


def _written(item: Function, name: str, bound: str) -> str:
    """The bound in the words of the impl."""
    for generic in item.generics:
        if generic.name == name and generic.bounds is not None:
            for part in types.split_top(generic.bounds.text.lstrip(": "), "+"):
                if types.short(part) == types.short(bound):
                    return part
    return bound


def _name_there(item: Function, declared: Function, name: str) -> str:
    """The trait's name of the impl's type parameter: they agree by their order."""
    mine = [g.name for g in item.generics if g.kind == "type"]
    theirs = [g.name for g in declared.generics if g.kind == "type"]
    return theirs[mine.index(name)] if name in mine and mine.index(name) < len(theirs) else name


def _without(situation: Situation, item: Function, name: str, bound: str) -> Replacement | None:
    for generic in item.generics:
        if generic.name != name or generic.bounds is None:
            continue
        parts = types.split_top(generic.bounds.text.lstrip(": "), "+")
        if bound not in parts:
            continue
        kept = [part for part in parts if part != bound]
        source = situation.source(item.path)
        start = generic.bounds.start
        while source[start - 1 : start] in (b" ", b":"):
            start -= 1
        text = f": {' + '.join(kept)}" if kept else ""
        return Replacement(path=item.path, start=start, end=generic.bounds.end, text=text)
    return None


_READERS: dict[str, tuple[Reader, ...]] = {"E0276": (_balanced,), "E0277": (_balanced,)}
