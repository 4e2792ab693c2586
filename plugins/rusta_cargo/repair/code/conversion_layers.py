"""Conversions that put a layer on or take one off: ``Option``, ``Result``, pointers, cells, types of the tree."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.conversion_place import (
    MAKERS,
    POINTERS,
    Choice,
    Place,
    default,
    joined,
    reaches,
)
from rusta_cargo.repair.code.expression import (
    Form,
    call,
    cast,
    prefix,
    suffix,
)
from rusta_cargo.repair.code.items import Enum, Struct


def _raw(have: str, want: str, place: Place) -> Iterator[Choice]:
    """One raw pointer as another."""
    if not want.startswith(("*const ", "*mut ")) or types.same(have, want):
        return
    if not have.startswith("*"):
        pointed = want.split(" ", 1)[1]
        if types.same(have, pointed):
            yield prefix("&mut " if want.startswith("*mut") else "&"), 0.85
        return
    declared = place.leaves
    # What the compiler shows has lost its path here; the signature has the words to write.
    known = declared is not None and types.short(declared) == want
    yield cast(declared if known and declared is not None else want), 0.8 if known else 0.6
    yield suffix(".cast()"), 0.3 if have[:6] == want[:6] else 0.02


# What the standard library makes of an iterator, a reader, a value, and how it is written.
_ADAPTERS = {
    "Peekable": suffix(".peekable()"), "Rev": suffix(".rev()"), "Fuse": suffix(".fuse()"),
    "Enumerate": suffix(".enumerate()"), "Cycle": suffix(".cycle()"), "Copied": suffix(".copied()"),
    "Cloned": suffix(".cloned()"), "BufReader": call("BufReader::new"), "BufWriter": call("BufWriter::new"),
    "Wrapping": call("Wrapping"), "Reverse": call("Reverse"), "Saturating": call("Saturating"),
    "ManuallyDrop": call("ManuallyDrop::new"),
}  # fmt: skip


def _adapters(have: str, want: str, _place: Place) -> Iterator[Choice]:
    """An iterator as one of its adapters, a value in one of the wrappers of the standard library."""
    form, inner = _ADAPTERS.get(types.head(want)), types.arguments(want)
    if form is not None and inner and not types.is_reference(want) and types.same(inner[-1], have):
        yield form, 0.85


def _arrays(have: str, want: str, _place: Place) -> Iterator[Choice]:
    """A slice as the array of its length, which it has or not."""
    flat = types.strip_references(have)
    array, listed = want.startswith("[") and ";" in want, flat.startswith(("[", "Vec<")) and ";" not in flat
    if array and listed and types.same(types.element(flat) or "", types.element(want) or ""):
        yield suffix(".try_into().unwrap()"), 0.75


def _pointers(have: str, want: str, place: Place) -> Iterator[Choice]:
    pointed = types.inner(have, *POINTERS)
    if pointed is not None and types.same(pointed, want):
        yield prefix("*"), 0.7
        yield joined(prefix("*"), suffix(".clone()")), 0.2
    held = types.inner(want, *MAKERS)
    head = types.head(want)
    if held is not None and head in MAKERS and not want.startswith("&"):
        if held.startswith("dyn "):
            if types.inner(have, head) is None:
                yield call(MAKERS[head]), 0.6
            if held.startswith("dyn Error") and types.head(have) in ("str", "String"):
                yield suffix(".into()"), 0.75
        elif types.head(have) != head:
            for form, weight in place.further(have, held):
                yield joined(form, call(MAKERS[head])), 0.8 * weight
        if (held, types.short(types.strip_references(have))) in (("str", "str"), ("str", "String")):
            yield suffix(".into()"), 0.6
    cell = types.inner(have, "Cell", "RefCell", "Mutex", "RwLock")
    if cell is not None and types.same(cell, types.strip_references(want)):
        getter = {
            "Cell": ".get()",
            "RefCell": ".borrow()",
            "Mutex": ".lock().unwrap()",
            "RwLock": ".read().unwrap()",
        }[types.head(have)]
        sign = "&" if types.is_reference(want) else "*" if types.head(have) != "Cell" else ""
        yield (joined(suffix(getter), prefix(sign)) if sign else suffix(getter)), 0.4


def _layers(have: str, want: str, place: Place) -> Iterator[Choice]:
    mine, theirs = types.head(have), types.head(want)
    owned = not types.is_reference(want)
    if owned and theirs == "Option" and mine not in ("Option", "Result"):
        for form, weight in place.further(have, types.arguments(want)[0] if types.arguments(want) else "_"):
            yield joined(form, call("Some")), 0.85 * weight
    if owned and theirs == "Result" and mine != "Result":
        given = types.arguments(want)
        for form, weight in place.further(have, given[0] if given else "_"):
            yield joined(form, call("Ok")), 0.85 * weight
        if len(given) > 1:
            for form, weight in place.further(have, given[1]):
                yield joined(form, call("Err")), 0.75 * weight
        if mine == "Option" and given and types.arguments(have) and types.same(types.arguments(have)[0], given[0]):
            yield (
                suffix(
                    '.ok_or("none")'
                    if len(given) > 1 and types.head(given[1]) == "str"
                    else ".ok_or_else(Default::default)"
                ),
                0.1,
            )
    if (
        mine == theirs == "Result"
        and len(types.arguments(have)) == len(types.arguments(want)) == 2
        and _alike(have, want)
    ):
        yield from _failures(types.arguments(have)[1], types.arguments(want)[1], place)
    if (mine, theirs) == ("Result", "Option") and _alike(have, want):
        yield suffix(".ok()"), 0.8
    if mine == theirs == "Option" and types.arguments(have) and types.arguments(want):
        yield from _options(have, want, place)
    if mine in ("Option", "Result") and theirs != mine and not types.is_reference(have) and types.arguments(have):
        yield from _taken(have, want, place)


def _failures(mine: str, theirs: str, place: Place) -> Iterator[Choice]:
    """The error of one result as that of another."""
    goal = place.index.type_named(theirs)
    variants = [v for v in getattr(goal, "variants", ()) if v.shape == "tuple" and len(v.fields) == 1]
    made = any(
        i.trait is not None and types.same(i.trait.text, f"From<{mine}>") for i in place.index.impls_of(theirs, "*")
    )
    if made or types.head(theirs) == "Box":
        yield Form(before="Ok(", after="?)", needs=5), 0.55 if place.leaves is not None else 0.2
        yield suffix(".map_err(Into::into)"), 0.35
    for variant in variants:
        if goal is not None and types.same(variant.fields[0].type.text, mine):
            yield suffix(f".map_err({goal.name}::{variant.name})"), 0.7
    if types.head(theirs) == "String":
        yield suffix(".map_err(|e| e.to_string())"), 0.75
    for form, weight in place.deeper().convert(mine, theirs)[:2]:
        if form.text is None and form != Form():
            yield suffix(f".map_err(|e| {form.put('e')})"), 0.5 * weight


def _alike(have: str, want: str) -> bool:
    mine, theirs = types.arguments(have), types.arguments(want)
    return bool(mine) and bool(theirs) and types.same(mine[0], theirs[0])


def _options(have: str, want: str, place: Place) -> Iterator[Choice]:
    mine, theirs = types.arguments(have)[0], types.arguments(want)[0]
    if types.is_reference(mine) and types.same(types.referent(mine), theirs):
        copied = place.is_copy(theirs)
        yield suffix(".copied()"), 0.8 if copied else 0.1
        yield suffix(".cloned()"), 0.5 if copied else 0.8
    elif types.is_reference(theirs):
        if types.same(mine, types.referent(theirs)):
            yield suffix(".as_mut()" if types.is_mutable_reference(theirs) else ".as_ref()"), 0.8
        elif reaches(types.strip_references(mine), types.referent(theirs)):
            yield (
                suffix(".as_deref_mut()" if types.is_mutable_reference(theirs) else ".as_deref()"),
                0.8,
            )
    elif types.same(types.inner(mine, "Option") or "", theirs):
        yield suffix(".flatten()"), 0.6
    elif types.is_reference(have) and types.same(mine, theirs):
        yield suffix(".clone()"), 0.6
    else:
        for form, weight in place.deeper().convert(mine, theirs)[:2]:
            if form.text is None and form != Form():
                yield suffix(f".map(|x| {form.put('x')})"), 0.5 * weight


def _taken(have: str, want: str, place: Place) -> Iterator[Choice]:
    """The layer comes off: ``?`` where the function can hand the failure on, else a default, else ``unwrap``."""
    inner, head = types.arguments(have)[0], types.head(have)
    for form, weight in place.further(inner, want):
        leaves = "" if place.leaves is None else types.head(place.leaves)
        if leaves == head:
            yield joined(suffix("?"), form), 0.75 * weight
        elif leaves == "Option" and head == "Result":
            yield joined(suffix(".ok()?"), form), 0.4 * weight
        if default(types.strip_references(inner), place):
            yield joined(suffix(".unwrap_or_default()"), form), 0.22 * weight
        if _only_failure(want, inner, head) and leaves not in ("Option", "Result"):
            yield suffix(".unwrap()"), 0.62
        used = place.source.count(b".unwrap()")
        yield joined(suffix(".unwrap()"), form), (0.5 if used else 0.3) * weight
    if want == "bool":
        yield suffix(".is_some()" if head == "Option" else ".is_ok()"), 0.7
        yield suffix(".is_none()" if head == "Option" else ".is_err()"), 0.2


def _only_failure(want: str, inner: str, head: str) -> bool:
    """A result that holds nothing stands where nothing is wanted: only its failure matters."""
    return want == "()" and inner == "()" and head == "Result"


def _own(have: str, want: str, place: Place) -> Iterator[Choice]:
    """Along the tree's own types: newtypes, variants, fields, constructors, ``From``."""
    goal = None if types.is_reference(want) else place.index.type_named(want)
    plain = types.split_generic(want)[0]
    if goal is not None and place.depth <= 1:
        shapes = [(plain, goal)] if isinstance(goal, Struct) else []
        shapes += [(f"{plain}::{v.name}", v) for v in goal.variants] if isinstance(goal, Enum) else []
        for name, shape in shapes:
            if shape.shape == "tuple" and len(shape.fields) == 1:
                for form, weight in place.further(have, shape.fields[0].type.text)[:2]:
                    yield joined(form, call(name)), (0.6 if len(shapes) == 1 else 0.4) * weight
        for method in place.index.methods(want):
            if (
                (
                    not method.is_method
                    and len(method.parameters) == 1
                    and method.returns is not None
                    and method.owner is not None
                )
                and types.head(method.returns.text) in (types.head(want), "Self")
                and types.same(have, method.parameters[0].type.text)
            ):
                made = method.name == "from" and getattr(method.owner, "trait", None) is not None
                yield call(f"{plain}::{method.name}"), 0.55 if made else 0.4
                if made:
                    yield suffix(".into()"), 0.5
    source = place.index.type_named(have)
    if isinstance(source, Struct) and place.depth <= 1:
        matching = [field for field in source.fields if types.same(field.type.text, want)]
        loose = [field for field in source.fields if types.same(types.strip_references(want), field.type.text)]
        for field in (matching or loose)[:3]:
            sign = "" if matching else "&mut " if types.is_mutable_reference(want) else "&"
            share = (0.5 if source.shape == "tuple" else 0.35) / max(1, len(matching or loose))
            copied = sign or place.is_copy(want) or not types.is_reference(have)
            form = suffix(f".{field.name}" if copied else f".{field.name}.clone()")
            yield (joined(form, prefix(sign)) if sign else form), share
    if source is not None and place.depth == 0:
        getters = [
            m for m in place.index.methods(have)
            if m.is_method
            and not m.parameters
            and m.returns is not None
            and types.same(m.returns.text.replace("Self", source.name), want)
        ]  # fmt: skip
        for method in getters[:3]:
            yield suffix(f".{method.name}()"), 0.45 / len(getters)


RULES = (_raw, _adapters, _arrays, _pointers, _layers, _own)
