"""Giving a type a trait: by derive, by a bound on the type parameter, by an implementation that has nothing to say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.deriving import DERIVABLE, derived_here, deriving, own_types, together
from rusta_cargo.repair.code.gathering import Change
from rusta_cargo.repair.code.items import Function, Item, ItemIndex, Trait, provided
from rusta_cargo.repair.code.model import Generic
from rusta_cargo.repair.code.nodes import indent_at
from rusta_cargo.repair.proposer import Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic


def having(
    situation: Situation,
    index: ItemIndex,
    diagnostic: Diagnostic,
    kind: str,
    trait: str,
    weight: float,
) -> Iterator[Change]:
    """The type gets the trait: by derive, by bound, by an implementation."""
    name = types.head(trait)
    place = diagnostic.primary
    flat = types.strip_references(kind)
    if place is None:
        return
    item = index.at(place.path, place.start)
    while item is not None:
        if any(generic.name == flat and generic.kind == "type" for generic in item.generics):
            added = bounded(item, flat, _spelled(situation, item.path, trait))
            if added is not None:
                # The compiler's own suggestion says the same with the whole path of the trait.
                offered = any("restrict" in s.message for s in diagnostic.suggestions)
                yield f"require `{trait}` of `{flat}`", (added,), 0.92 if offered else weight
            break
        item = item.parent
    if name in DERIVABLE or name in derived_here(index):
        for owner in own_types(index, flat):
            wanted = together(name)
            if name in ("Hash", "Eq"):
                wanted = together("Eq") if name == "Eq" else ("PartialEq", "Eq", "Hash")
            yield (
                f"derive {name} for `{owner.name}`",
                deriving(situation, index, owner, wanted),
                weight,
            )
            if set(wanted) != {name}:
                yield (
                    f"derive {name} alone for `{owner.name}`",
                    deriving(situation, index, owner, (name,)),
                    0.4 * weight,
                )
    yield from _implemented(situation, index, kind, trait, weight)


_MODULES = {
    "Debug": "fmt",
    "Display": "fmt",
    "Hash": "hash",
    "Add": "ops",
    "Sub": "ops",
    "Mul": "ops",
    "Read": "io",
    "Write": "io",
}


def imported(source: bytes, name: str) -> bool:
    """A ``use`` of the file names ``name``."""
    pattern = rf"(?m)^\s*(?:pub )?use [^;]*\b{re.escape(name)}\b[^;]*;".encode()
    return re.search(pattern, source) is not None


def bounded(item: Item, name: str, bound: str) -> Replacement | None:
    """:func:`edits.add_bound`, in front of lifetimes, which people write last."""
    generic = next((g for g in item.generics if g.name == name), None)
    tail = None if generic is None or generic.bounds is None else re.search(r"\s*\+\s*'\w+\s*$", generic.bounds.text)
    if generic is not None and generic.bounds is not None and tail is not None:
        head = generic.bounds.text[: tail.start()]
        if bound not in [part.strip() for part in head.lstrip(":").split("+")]:
            return edits.insert(item.path, generic.bounds.start + len(head.encode()), f" + {bound}")
    return edits.add_bound(item, name, bound)


def bounds_of(item: Item, generic: Generic) -> str:
    """What an item asks of its parameter, in the list and in the where clause; nothing when it asks nothing."""
    bounds = [] if generic.bounds is None else [generic.bounds.text.lstrip(": ").strip()]
    where = "" if item.where is None else item.where.text.removeprefix("where")
    for predicate in types.split_top(where):
        subject, _, rest = predicate.partition(":")
        if subject.strip() == generic.name:
            bounds.append(rest.strip())
    return " + ".join(bounds)


def required(situation: Situation, item: Item, name: str, bound: str) -> Replacement | None:
    """The bound asked of the parameter: in the where clause where there is one, each on its line as it has them."""
    where = item.where
    if where is None or re.search(rf"(?:where|,)\s*{name}\s*:", where.text):
        return bounded(item, name, bound)
    if "\n" not in where.text.rstrip():
        return edits.add_where(item, f"{name}: {bound}")
    trimmed = where.text.rstrip()
    comma = "" if trimmed.endswith(",") else ","
    last = where.start + len(trimmed.encode())
    indent = indent_at(situation.source(item.path), last - 1)
    return edits.insert(item.path, last, f"{comma}\n{indent}{name}: {bound},")


def _spelled(situation: Situation, path: str, trait: str) -> str:
    """The trait as the file can name it: by its last segment where it is imported or in the prelude."""
    short = re.sub(r"^(?:[\w]+::)+", "", trait)
    known = ("Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Default", "Iterator", "IntoIterator",
    "Into", "From", "AsRef", "Send",
             "Sync", "Sized", "Fn", "FnMut", "FnOnce", "ToString", "Drop", "Unpin", "TryFrom", "TryInto",
             "Extend", "FromIterator")  # fmt: skip
    head = types.head(short)
    source = situation.source(path)
    if head in known or f"trait {head}".encode() in source or imported(source, head):
        return short
    if f"use std::{_MODULES.get(head)};".encode() in source or f"std::{_MODULES.get(head)}::{{self".encode() in source:
        return f"{_MODULES[head]}::{short}"
    full = {
        "Debug": "std::fmt::Debug",
        "Display": "std::fmt::Display",
        "Hash": "std::hash::Hash",
        "Error": "std::error::Error",
    }
    return full.get(short, trait)


def _implemented(situation: Situation, index: ItemIndex, kind: str, trait: str, weight: float) -> Iterator[Change]:
    """An implementation of a trait of the tree, or of ``Error``, that has nothing to say."""
    flat = kind if kind.startswith("&") else types.strip_references(kind)
    plain = types.tidy(re.sub(r"\{integer\}", "i32", flat))
    own = index.type_named(flat)
    if types.head(trait) == "Error" and own is not None and index.implements(own.name, "Display"):
        source = situation.source(own.path)
        body = f"\nimpl std::error::Error for {own.name} {{}}"
        extra = deriving(situation, index, own, ("Debug",))
        yield (
            "implement `Error`",
            (*extra, edits.line_after(own.path, source, own.start, own.end, body)),
            0.6,
        )
    found = next(iter(index.named(types.head(trait), Trait)), None)
    if found is None or "_" in types.words(plain) or "{" in plain or (found.generics and "<" not in trait):
        return
    if plain.startswith(("impl ", "dyn ", "fn(")) or len(plain) == 1 or "'" in plain:
        return
    missing = [item for item in found.items if not provided(item)]
    source = situation.source(found.path)
    after = own if own is not None and own.path == found.path and own.start > found.start else found
    if own is not None and own.generics:
        return
    if not missing:
        text_ = f"\nimpl {trait} for {plain} {{}}"
        yield (
            f"implement `{trait}` for `{plain}`",
            (edits.line_after(found.path, source, after.start, after.end, text_),),
            0.4 * weight,
        )
    elif all(isinstance(item, Function) for item in missing):
        heads = []
        for item in missing:
            written = situation.text(item.path, item.start, item.end).rstrip().removesuffix(";")
            heads.append(f"    {written} {{\n        todo!()\n    }}")
        text_ = f"\nimpl {trait} for {plain} {{\n" + "\n\n".join(heads) + "\n}"
        yield (
            f"implement `{trait}` for `{plain}` by stubs",
            (edits.line_after(found.path, source, after.start, after.end, text_),),
            0.05,
        )
