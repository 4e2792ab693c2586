"""Traits that a type does not have: E0277, and E0599 where a method's bounds are not met.

The type derives the trait, the generic parameter is bound by it, an empty implementation is written where the trait
asks for nothing; or the value is made one of a type that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.bounding import having
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.deriving import DERIVABLE, derived_here, deriving, own_types, together
from rusta_cargo.repair.code.expression import prefix, smallest, spot, suffix
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    Impl,
    ItemIndex,
    Variant,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.code.undoing import undone
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_BOUND = re.compile(
    r"the trait bound `(?P<type>.+?): (?P<trait>[^`]+)` is not satisfied"
    r"|`(?P<kind>.+)` doesn't implement `(?P<has>[^`]+)`"
)


_UNMET = re.compile(r"`(?P<type>[^`]+?): (?P<trait>[^`]+)`")


_OTHERS = re.compile(r"^\s+`?([^`\n]+?)`?(?: implements `[^`]+`)?$", re.MULTILINE)


_IMPLEMENTED = re.compile(r"(?:trait `[^`]+` is|it is) implemented for `([^`]+)`")


METHODS = {"clone": "Clone", "eq": "PartialEq", "ne": "PartialEq", "cmp": "Ord", "partial_cmp": "PartialOrd",
"hash": "Hash", "max": "Ord",
           "min": "Ord", "clamp": "Ord"}  # fmt: skip


def _all_derives(situation: Situation, index: ItemIndex) -> Iterator[tuple[Change, list[int]]]:
    """One edit for all the traits that several errors miss on a type."""
    wanted: dict[str, dict[str, list[int]]] = {}
    known = {*DERIVABLE, *derived_here(index)}
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in ("E0277", "E0369", "E0599", "E0308"):
            continue
        for kind, trait in needs_of(diagnostic):
            name = types.head(trait)
            owners = own_types(index, types.strip_references(kind)) if name in known else []
            for owner in owners:
                wanted.setdefault(owner.name, {}).setdefault(name, []).append(number)
    for type_name, traits in wanted.items():
        item = index.type_named(type_name)
        if item is None or len(traits) < 2:
            continue
        every = {name for trait in traits for name in together(trait)}
        if "Hash" in traits:
            every |= {"PartialEq", "Eq"}
        names = (*(name for name in DERIVABLE if name in every), *(name for name in traits if name not in DERIVABLE))
        numbers = sorted({number for listed in traits.values() for number in listed})
        parts = deriving(situation, index, item, names)
        if parts:
            yield (f"derive {', '.join(names)} for `{type_name}`", parts, 0.85), numbers


def needs_of(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    """The types and the derivable traits that an error says they lack."""
    told = _BOUND.search(diagnostic.message)
    if told is not None:
        yield told["type"] or told["kind"], told["trait"] or told["has"]
    operator = re.search(r"binary operation `([^`]+)` cannot be applied to type `([^`]+)`", diagnostic.message)
    if operator is not None:
        yield operator[2], "PartialEq"
        if operator[1] not in ("==", "!="):
            yield operator[2], "PartialOrd"
    method = re.search(r"no method named `(\w+)` found for (?:\w+ )?(?:reference )?`([^`]+)`", diagnostic.message)
    if method is not None and method[1] in METHODS:
        yield method[2], METHODS[method[1]]
    for note in diagnostic.notes:
        cloned = re.search(r"`([^`]+)` does not implement `Clone`, so", note.message)
        if cloned is not None:
            yield cloned[1], "Clone"
    maker = re.search(r"item named `default` found for (?:\w+ )?`([^`]+)`", diagnostic.message)
    if maker is not None:
        yield maker[1], "Default"
    if "trait bounds were not satisfied" in diagnostic.message:
        for note in diagnostic.notes:
            for bound in _UNMET.finditer(note.message):
                yield bound["type"], bound["trait"]


def _lacking(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A method of a trait that can be derived."""
    if "no method named" in diagnostic.message:
        for kind, trait in needs_of(diagnostic):
            yield from having(situation, index, diagnostic, kind, trait, 0.75)


def _unsatisfied(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``Type: Trait`` does not hold."""
    told = _BOUND.search(diagnostic.message)
    if told is None:
        return
    kind, trait = (told["type"] or told["kind"]), (told["trait"] or told["has"])
    kind = types.tidy(re.sub(r"\bmain::|\bcrate::", "", kind))
    yield from having(situation, index, diagnostic, kind, trait, 0.7)
    for note in diagnostic.notes:
        for bound in _UNMET.finditer(note.message):
            if bound["type"] != kind and "required for" not in note.message:
                yield from having(situation, index, diagnostic, bound["type"], bound["trait"], 0.5)
        inner = re.search(r"the trait `([^`]+)` is not implemented for `([^`]+)`", note.message)
        if inner is not None and inner[2] != kind:
            yield from having(situation, index, diagnostic, inner[2], inner[1], 0.6)
    yield from _converted(situation, index, diagnostic, kind, trait)


def _converted(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, kind: str, trait: str
) -> Iterator[Change]:
    """The value is made one of a type that has the trait."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if here is None or nodes.enclosing(here.node, "attribute_item") is not None:
        return
    place = place_of(situation, here)
    goals: list[tuple[str, float]] = []
    for note in diagnostic.notes:
        goals += [(name, 0.8) for name in _IMPLEMENTED.findall(note.message)]
        if "other types implement trait" in note.message:
            goals += [(name.strip(), 0.35) for name in _OTHERS.findall(note.message)[:12]]
    goals += [
        (impl.self_type.text, 0.4)
        for impl in index.of_kind(Impl)
        if impl.trait is not None and types.head(impl.trait.text) == types.head(trait)
    ]
    wrapped = types.inner(trait, "From", "Into", "AsRef", "Borrow")
    if types.head(trait) == "From" and wrapped is not None:
        for form, weight in conversions(kind, wrapped, place)[:3]:
            yield (
                f"write `{form.put(here.text[:40], here.strength)}`",
                here.wrapped(form),
                0.4 * weight,
            )
    inner = types.inner(kind, "Option", "Result")
    if inner is not None:
        source = origin(here)
        for form, weight in conversions(kind, inner, place)[:4]:
            if source is not None:
                yield "take the value out where it is bound", source.wrapped(form), 0.85 * weight
            yield f"take the value out of `{here.text[:40]}`", here.wrapped(form), 0.7 * weight
    seen: set[str] = set()
    for goal, share in goals:
        if goal in seen or types.same(goal, kind) or len(seen) > 8:
            continue
        seen.add(goal)
        for new, weight in undone(here, kind, goal, place):
            if new != here.text:
                yield f"write `{new[:50]}`", here.rewritten(new), share * weight
        for form, weight in conversions(kind, goal, place)[:4]:
            yield (
                f"write `{form.put(here.text[:40], here.strength)}`",
                here.wrapped(form),
                share * weight,
            )
    if types.is_reference(kind):
        if here.kind == "reference_expression":
            yield (
                "pass the value itself",
                here.rewritten(text(here.node.child_by_field_name("value"))),
                0.45,
            )
        else:
            yield "follow the reference", here.wrapped(prefix("*")), 0.3
            yield "pass a copy", here.wrapped(suffix(".clone()")), 0.15
    elif not here.kind.endswith(("_literal", "type", "type_identifier")) and here.kind not in (
        "macro_invocation",
        "reference_expression",
    ):
        yield "pass a reference", here.wrapped(prefix("&")), 0.18


def _unmet(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A method that exists, with bounds that do not hold."""
    if "trait bounds were not satisfied" not in diagnostic.message:
        return
    derives: dict[str, list[str]] = {}
    for note in diagnostic.notes:
        for bound in _UNMET.finditer(note.message):
            kind, trait = bound["type"], types.head(bound["trait"])
            yield from having(situation, index, diagnostic, kind, bound["trait"], 0.55)
            if trait in DERIVABLE:
                for owner in own_types(index, kind):
                    derives.setdefault(owner.name, []).append(trait)
    for name, traits in derives.items():
        item = index.type_named(name)
        if item is not None and len(traits) > 1 and not isinstance(item, Variant):
            wanted = tuple(t for t in DERIVABLE if t in {x for trait in traits for x in together(trait)})
            yield (
                f"derive {', '.join(wanted)} for `{name}`",
                deriving(situation, index, item, wanted),
                0.75,
            )


def _made_from(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``T::from(x)`` that there is not for the type of ``x``: of what it refers to, or another conversion."""
    told = re.search(r"`(.+?): From<(.+)>` is not satisfied", diagnostic.message)
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    call = None if here is None else nodes.enclosing(here.node, "call_expression")
    listed = None if call is None else call.child_by_field_name("arguments")
    callee = None if call is None else call.child_by_field_name("function")
    if told is None or here is None or call is None or listed is None or callee is None:
        return
    if len(listed.named_children) != 1 or not text(callee).endswith("::from"):
        return
    value, whole = here.of(listed.named_children[0]), here.of(call)
    have, want = types.tidy(told[2]), types.tidy(told[1])
    if types.is_reference(have) and value.kind != "reference_expression":
        yield "convert what it refers to", value.wrapped(prefix("*")), 0.7
    for form, weight in conversions(have, want, place_of(situation, value)):
        if form.before != f"{want}::from(":
            new = form.put(value.text, value.strength)
            bare = f"({new})" if form.gives < whole.demand else new
            yield f"write `{new[:50]}`", whole.rewritten(bare), 0.8 * weight
    if have in types.INTEGERS and want in types.INTEGERS:
        tried = f"{want}::try_from({value.text}).unwrap()"
        yield f"write `{tried[:50]}`", whole.rewritten(tried), 0.35


_READERS: dict[str, tuple[Reader, ...]] = {
    "E0277": (_unsatisfied, _made_from), "E0599": (_unmet, _lacking), "E0308": (),
}  # fmt: skip


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for bounds that are not satisfied."""
    yield from gathered(situation, _READERS, shared=_all_derives)
