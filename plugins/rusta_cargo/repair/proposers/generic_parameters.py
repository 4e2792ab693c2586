"""Generic parameters that are not right where they are declared.

E0091 (unused in an alias), E0403 (a name twice), E0128 (order), E0366 and E0367 (``Drop`` of some), E0393 (default of
``Self``), E0770 and E0671 (type of a const parameter). What nothing uses goes, with its arguments everywhere; one that
hides another is renamed with its uses; a default moves behind what it speaks of; ``Drop`` is for the whole type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Generic, Impl, Item
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Replacement

_GENERIC_NAMES = "TUVWABCDEFGHIJKLMNOPQRS"


def _at(case: Case) -> tuple[Item, int] | None:
    """The item and the number of its generic parameter at the error."""
    item = case.index.at(case.path, case.place.start)
    while item is not None:
        for number, generic in enumerate(item.generics):
            if generic.start <= case.place.start < max(generic.end, generic.start + 1):
                return item, number
        item = item.parent
    return None


def _unused(case: Case) -> Iterator[Answer]:
    """A parameter that the type does not speak of."""
    found = _at(case)
    if found is None:
        return
    item, number = found
    generic = item.generics[number]
    gone = _removed(case, item, number)
    given = list(_arguments(case, item, number))
    yield Answer(f"declare no parameter `{generic.name}`", (gone, *given), 0.6)
    if given:
        yield Answer(f"declare no parameter `{generic.name}`", (gone,), 0.2)


def _removed(case: Case, item: Item, number: int) -> Replacement:
    spans = [(g.start, g.end) for g in item.generics]
    if len(spans) == 1 and item.generics_span is not None:
        return edits.delete(case.path, item.generics_span.start, item.generics_span.end)
    return edits.delete_element(case.path, case.source, spans, number)


def _arguments(case: Case, item: Item, number: int) -> Iterator[Replacement]:
    """The arguments that the uses of a type give for a parameter; unused parameters of impls go with them."""
    lifetime = item.generics[number].kind == "lifetime"
    for path in case.index.files:
        source = case.situation.source(path)
        if item.name.encode() not in source:
            continue
        root = case.situation.syntax(path).root_node
        for node in nodes.every(root, "generic_type"):
            kind, given = (
                node.child_by_field_name("type"),
                node.child_by_field_name("type_arguments"),
            )
            if kind is None or given is None or text(kind).rpartition("::")[2] != item.name:
                continue
            spans = edits.elements_of(given)
            written = [source[s:e].decode("utf-8", "replace") for s, e in spans]
            if lifetime != (number < len(written) and written[number].startswith("'")):
                continue
            if number >= len(spans):
                continue
            if len(spans) == 1:
                yield edits.delete(path, given.start_byte, given.end_byte)
            else:
                yield edits.delete_element(path, source, spans, number)
            impl = nodes.around(node, "impl_item")
            if impl is not None and impl.child_by_field_name("type") == node:
                yield from _of_impl(path, source, impl, written[number])


def _of_impl(path: str, source: bytes, impl: Node, name: str) -> Iterator[Replacement]:
    listed = nodes.child(impl, "type_parameters")
    used = len(re.findall(rf"{re.escape(name)}\b", text(impl)))
    if listed is None or used > 2:
        return
    spans = edits.elements_of(listed)
    which = next(
        (n for n, (s, e) in enumerate(spans) if source[s:e].decode().partition(":")[0].strip() == name),
        None,
    )
    if which is None:
        return
    if len(spans) == 1:
        yield edits.delete(path, listed.start_byte, listed.end_byte)
    else:
        yield edits.delete_element(path, source, spans, which)


def _forward(case: Case) -> Iterator[Answer]:
    """A default that speaks of a later parameter: it moves to the end; or its own default is what it needs."""
    item = case.index.at(case.path, case.place.start)
    while item is not None and not item.generics:
        item = item.parent
    if item is None:
        return
    at = next(
        (n for n, g in enumerate(item.generics) if g.default is not None and g.start <= case.place.start < g.end),
        None,
    )
    if at is None:
        return
    written = [case.source[g.start : g.end].decode("utf-8", "replace") for g in item.generics]
    order = [*written[:at], *written[at + 1 :], written[at]]
    first, last = item.generics[0].start, item.generics[-1].end
    tail = item.generics[-1]
    bare = tail.default is None and len(order) > 1
    yield Answer("declare the default last", (edits.replace(case.path, first, last, ", ".join(order)),), 0.75)
    if bare:
        name = item.generics[at].default
        other = next((g.name for g in item.generics[:at]), None)
        if name is not None and other is not None:
            change = edits.replace(case.path, name.start, name.end, other)
            yield Answer(f"let it default to `{other}`", (change,), 0.3)


def _self_default(case: Case) -> Iterator[Answer]:
    """A parameter that defaults to ``Self`` in a trait object."""
    names = quoted(case.diagnostic.message)
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    kind = text(node) if node.type in ("type_identifier", "scoped_type_identifier") else ""
    if not kind or not names:
        return
    impls = [i for i in case.index.of_kind(Impl) if i.trait is not None and types.head(i.trait.text) == kind]
    offers = [argument for impl in impls if impl.trait is not None for argument in types.arguments(impl.trait.text)]
    offers += [impl.self_type.text for impl in impls]
    for at, offer in enumerate(dict.fromkeys([*offers, "i32", "()"])):
        if at < 4:
            put = edits.insert(case.path, node.end_byte, f"<{offer}>")
            yield Answer(f"give it `{offer}`", (put,), 0.6 - 0.12 * at)


def _const_type(case: Case) -> Iterator[Answer]:
    """The type of a const parameter may not depend on another parameter."""
    found = _at(case)
    if found is None:
        return
    item, number = found
    generic = item.generics[number]
    if generic.kind == "const" and generic.bounds is not None:
        start, end = generic.bounds.start, generic.bounds.end
        lead = ": " if case.source[start:end].lstrip().startswith(b":") else ""
        for kind, weight in (("usize", 0.7), ("u32", 0.3), ("i32", 0.2)):
            yield Answer(f"declare it `{kind}`", (edits.replace(case.path, start, end, lead + kind),), weight)


def _special_drop(case: Case) -> Iterator[Answer]:
    """``Drop`` for some arguments or with bounds of its own: for all of the type, with its bounds."""
    impl = case.index.at(case.path, case.place.start)
    while impl is not None and not isinstance(impl, Impl):
        impl = impl.parent
    owner = None if impl is None else case.index.type_named(impl.self_type.text)
    if impl is None or owner is None:
        return
    listed = _declared(case, owner.generics, owner.path)
    names = ", ".join(generic.name for generic in owner.generics)
    parts = [edits.replace(case.path, impl.self_type.start, impl.self_type.end, f"{owner.name}<{names}>")]
    if impl.generics_span is not None:
        parts.append(edits.replace(case.path, impl.generics_span.start, impl.generics_span.end, f"<{listed}>"))
    else:
        parts.append(edits.insert(case.path, impl.start + len("impl"), f"<{listed}>"))
    yield Answer("drop every one of the type", tuple(parts), 0.7)
    for generic in impl.generics:
        twin = next((g for g in owner.generics if g.name == generic.name), None)
        if generic.bounds is not None and twin is not None:
            for bound in generic.bounds.text.lstrip(": ").split("+"):
                added = edits.add_bound(owner, generic.name, bound.strip())
                if added is not None:
                    yield Answer(f"bind the type by `{bound.strip()}`", (added,), 0.65)


def _declared(case: Case, generics: tuple[Generic, ...], path: str) -> str:
    """The parameters as an impl declares them: without defaults."""
    source = case.situation.source(path)
    parts = []
    for generic in generics:
        end = generic.end if generic.default is None else generic.default.start
        parts.append(source[generic.start : end].decode("utf-8", "replace").rstrip(" ="))
    return ", ".join(parts)


def _hiding(case: Case) -> Iterator[Answer]:
    """A generic parameter of a name that is taken: it and its uses inside get another one."""
    item = case.index.at(case.path, case.place.start)
    while item is not None and not item.generics:
        item = item.parent
    if item is None:
        return
    number = next((at for at, g in enumerate(item.generics) if g.start <= case.place.start < g.end), None)
    if number is None:
        return
    generic = item.generics[number]
    if generic.kind == "lifetime":
        return
    twins = [g for g in item.generics if g.name == generic.name]
    taken = set(types.words(case.source[item.start : item.end].decode("utf-8", "replace")))
    asked = [name for name in _asked_types(case) if len(name) <= 2]
    free = [*asked, *(name for name in _GENERIC_NAMES if name not in taken)]
    if len(twins) > 1:
        # Twice in one list: the uses tell nothing, so the second is renamed alone or goes.
        for at, new in enumerate(free[:2]):
            end = generic.start + len(generic.name.encode())
            change = edits.replace(case.path, generic.start, end, new)
            yield Answer(f"name the second parameter `{new}`", (change,), 0.55 - 0.2 * at)
        spans = [(g.start, g.end) for g in item.generics]
        gone = edits.delete_element(case.path, case.source, spans, number)
        yield Answer(f"declare `{generic.name}` once", (gone,), 0.4)
        return
    node = nodes.node_at(case.root, item.start, item.end)
    # What the item uses may also mean the outer parameter; the receiver's own never stands in its signature.
    places = [
        use
        for use in nodes.below(node, "type_identifier")
        if text(use) == generic.name and item.start <= use.start_byte < item.end
    ]
    for new in free[:1]:
        every = tuple(edits.replace_node(case.path, use, new) for use in places)
        yield Answer(f"name the inner parameter `{new}`", every, 0.7)
    spans = [(g.start, g.end) for g in item.generics]
    if len(spans) > 1:
        gone = edits.delete_element(case.path, case.source, spans, number)
        yield Answer(f"use the outer `{generic.name}`", (gone,), 0.5)
    elif item.generics_span is not None:
        span = item.generics_span
        yield Answer(f"use the outer `{generic.name}`", (edits.delete(case.path, span.start, span.end),), 0.5)


def _asked_types(case: Case) -> list[str]:
    return [
        word
        for error in case.situation.diagnostics
        if error.code in ("E0412", "E0425")
        for word in quoted(error.message)[:1]
    ]


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0091": (_unused,),
    "E0392": (_unused,),
    "E0403": (_hiding,),
    "E0128": (_forward,),
    "E0393": (_self_default,),
    "E0770": (_const_type,),
    "E0671": (_const_type,),
    "E0366": (_special_drop,),
    "E0367": (_special_drop,),
}
propose = answering(_TABLE)
