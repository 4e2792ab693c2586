"""Values of a generic type where another type is wanted that a bound of the parameter leads to: E0308.

With ``T: AsRef<str>``, ``T: Into<Name>``, ``T: Borrow<K>`` and the like the bound is there to be used: the call of its
method was left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.expression import spot, suffix
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import label_of, mismatch, mismatch_in
from rusta_cargo.repair.code.model import Item
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

# trait → (what its method gives for its argument, the method)
_METHODS = {
    "AsRef": ("&", ".as_ref()"), "AsMut": ("&mut ", ".as_mut()"), "Borrow": ("&", ".borrow()"),
    "BorrowMut": ("&mut ", ".borrow_mut()"), "Into": ("", ".into()"),
}  # fmt: skip
_PLAIN = {"ToString": ("String", ".to_string()"), "Display": ("String", ".to_string()")}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The method of the bound."""
    yield from gathered(situation, _READERS)


def _called(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    place = diagnostic.primary
    pair = mismatch_in(label_of(diagnostic)) or mismatch(diagnostic)
    here = None if place is None else spot(situation, index, place)
    if place is None or pair is None or here is None:
        return
    name = types.strip_references(pair.found).removeprefix("type parameter ").strip("`")
    want = pair.expected
    for bound in _bounds(name, index.at(place.path, place.start)):
        trait, given = types.head(bound), types.arguments(bound)
        if trait in _METHODS and given:
            lead, method = _METHODS[trait]
            if types.same(f"{lead}{given[0]}", want):
                yield f"call `{method[1:]}`, which its bound is for", here.wrapped(suffix(method)), 0.93
        elif trait in _PLAIN and types.same(_PLAIN[trait][0], want):
            yield "make text of it", here.wrapped(suffix(_PLAIN[trait][1])), 0.8


def _bounds(name: str, item: Item | None) -> Iterator[str]:
    """The bounds of the type parameter ``name`` (or those of ``impl A + B``) at a place."""
    if name.startswith("impl "):
        yield from types.split_top(name.removeprefix("impl "), "+")
        return
    current = item
    while current is not None:
        for generic in current.generics:
            if generic.name == name and generic.bounds is not None:
                yield from types.split_top(generic.bounds.text.lstrip(": "), "+")
        where = "" if current.where is None else current.where.text.removeprefix("where")
        for predicate in types.split_top(where):
            subject, _, bounds = predicate.partition(":")
            if subject.strip() == name:
                yield from types.split_top(bounds, "+")
        current = current.parent


_READERS: dict[str, tuple[Reader, ...]] = {"E0308": (_called,)}
