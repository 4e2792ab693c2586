"""Lifetimes that are missing, undeclared, declared twice or under a reserved name, or where none may stand.

E0106, E0261, E0262, E0263, E0403, E0496, E0226, E0228, E0637, E0726, E0581, E0582. A missing one is named and
declared once for the whole item, its impls included; where nothing can be borrowed, ``'static`` or an owned type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Enum, Function, Impl, Struct
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.regions import (
    declared,
    definition,
    fill,
    filled,
    fresh,
    gaps,
    headers,
    places,
    signature_parts,
    undeclare,
)
from rusta_cargo.repair.code.returned import own, owned_result, results
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.proposer import Replacement

# Who wrote the name meant to declare it; where the tree has impls for `'_` it may as well be one of those.
_NAMED, _EVEN = 0.9, 0.5
_LITERAL = re.compile(r'^(?:&?\s*(?:r#*)?"|&\[|&?[A-Z][A-Z0-9_]*$|&?\d|stringify!|concat!|include_str!|env!)')


def _missing(case: Case) -> Iterator[Answer]:
    """E0106 (and the same of an associated type, which has no code)."""
    if (
        case.diagnostic.code is None
        and "requires that lifetime to come from the implemented type" not in case.diagnostic.message
    ):
        return
    item = case.index.at(case.path, case.place.start, case.place.end)
    while item is not None and item.kind == "type" and isinstance(item.parent, Impl):
        item = item.parent
    if isinstance(item, Struct | Enum):
        owner = item.parent if item.kind == "variant" and isinstance(item.parent, Enum) else item
        yield from _type(case, owner)
    elif isinstance(item, Function):
        yield from _function(case, item)
    elif isinstance(item, Impl):
        yield from _associated(case, item)
    yield from _available(case)


def _type(case: Case, item: Struct | Enum) -> Iterator[Answer]:
    """A struct or enum: one lifetime for all its references, and for the impls."""
    node = definition(case.root, item)
    body = node.child_by_field_name("body")
    known = [part.name for part in item.generics if part.kind == "lifetime"]
    if body is None:
        return
    name = known[0] if known else fresh(item, case.source)
    parts = filled(item.path, case.index, body, name)
    if not known:
        parts.append(edits.add_generic(item, name))
        parts += [
            change
            for part in nodes.below(body, ("type_identifier", "generic_type"))
            if text(part).partition("<")[0] == item.name and (part.parent is None or part.parent.type != "generic_type")
            for change in [fill(item.path, case.index, "<", part, name)]
        ]
        alone = tuple(parts)
        for impl in headers(case.index, item):
            parts += _header(impl, name)
        yield Answer(f"declare `{name}` for `{item.name}` and its impls", tuple(parts), 0.8)
        yield Answer(f"declare `{name}` for `{item.name}`", alone, 0.6)
    else:
        yield Answer(f"use `{name}` in `{item.name}`", tuple(parts), 0.85)


def _header(impl: Impl, name: str) -> list[Replacement]:
    written = impl.self_type.text
    opening = written.find("<")
    named = f"{written[:opening]}<{name}, {written[opening + 1 :]}" if opening > 0 else f"{written}<{name}>"
    parts = [edits.replace(impl.path, impl.self_type.start, impl.self_type.end, named)]
    if not any(part.name == name for part in impl.generics):
        parts.append(_impl_generic(impl, name))
    return parts


def _impl_generic(impl: Impl, name: str) -> Replacement:
    if impl.generics_span is not None and impl.generics:
        return edits.insert(impl.path, impl.generics_span.start + 1, f"{name}, ")
    return edits.insert(
        impl.path,
        impl.start + (len("unsafe impl") if impl.kind == "unsafe" else len("impl")),
        f"<{name}>",
    )


def _function(case: Case, item: Function) -> Iterator[Answer]:
    """A result borrowed from nothing is static or owned; from several things, one name for all."""
    node = definition(case.root, item)
    returned = node.child_by_field_name("return_type")
    if returned is None or not returned.start_byte <= case.place.start < returned.end_byte or item.returns is None:
        return
    listed = node.child_by_field_name("parameters")
    lent = [] if listed is None else list(gaps(case.index, listed))
    values = list(results(node))
    constant = bool(values) and all(_LITERAL.match(text(value)) for value in values)
    known = [name for name, _ in declared(case.index, case.path, case.place.start)]
    if any(other.code == "E0424" for other in case.situation.diagnostics) and item.receiver is None and not lent:
        return  # it is to be borrowed from the `self` that was lost
    if not lent and not (listed is not None and "'" in text(listed)):
        static = tuple(filled(case.path, case.index, returned, "'static"))
        yield Answer("what is returned is static", static, 0.92 if constant else 0.2)
        made = owned_result(item.returns.text)
        if made is not None:
            change = edits.replace(case.path, item.returns.start, item.returns.end, made[0])
            owned = [part for value in values for part in own(case.path, value, made[1], made[0])]
            yield Answer(f"give back `{made[0]}`", (change, *owned), 0.5 if constant else 0.88)
        return
    for name in [*known, *([] if known else [fresh(item, case.source)])]:
        parts = [change for part in signature_parts(node) for change in filled(case.path, case.index, part, name)]
        if name not in known:
            parts.append(edits.add_generic(item, name))
        yield Answer(f"one lifetime `{name}` for what goes in and out of `{item.name}`", tuple(parts), 0.5)
        only = tuple(filled(case.path, case.index, returned, name)) if name in known else ()
        yield Answer(f"the result of `{item.name}` lives for `{name}`", only, 0.55)
    # only what is returned has to share the lifetime of the result
    if not known:
        yield from _borrowed_from(case, item)


def _borrowed_from(case: Case, item: Function) -> Iterator[Answer]:
    node = definition(case.root, item)
    returned, listed = (
        node.child_by_field_name("return_type"),
        node.child_by_field_name("parameters"),
    )
    if returned is None or listed is None:
        return
    values = [text(value) for value in results(node)]
    name = fresh(item, case.source)
    for part in listed.named_children:
        pattern = text(part.child_by_field_name("pattern"))
        uses = [value for value in values if re.match(rf"&?\s*{re.escape(pattern)}\b", value)] if pattern else []
        if uses and len(uses) == len(values):
            parts = [
                *filled(case.path, case.index, part, name),
                *filled(case.path, case.index, returned, name),
                edits.add_generic(item, name),
            ]
            yield Answer(f"the result of `{item.name}` is borrowed from `{pattern}`", tuple(parts), 0.9)


def _associated(case: Case, item: Impl) -> Iterator[Answer]:
    """``type Item = &T;`` of an impl: a lifetime of its type."""
    alias = nodes.enclosing(
        nodes.node_at(case.root, case.place.start, case.place.end), ("type_item", "associated_type")
    )
    if alias is None:
        return
    known = [part.name for part in item.generics if part.kind == "lifetime"]
    for name in known:
        yield Answer(f"name `{name}`", tuple(filled(case.path, case.index, alias, name)), 0.85 / len(known))
    if not known:
        name = fresh(item, case.source)
        header = nodes.node_at(case.root, item.self_type.start, item.self_type.end)
        inner = filled(case.path, case.index, header, name)
        parts = (*filled(case.path, case.index, alias, name), *inner, _impl_generic(item, name))
        yield Answer(f"declare `{name}` for the impl", parts, 0.6 if inner else 0.1)


def _available(case: Case) -> Iterator[Answer]:
    """The gap at the place itself, with each lifetime that there is."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    around = nodes.enclosing(node, ("reference_type", "generic_type", "type_identifier", "lifetime"))
    if around is None:
        return
    gap = next(((kind, found) for kind, found in gaps(case.index, around) if found == around), None)
    if gap is None:
        yield from _placeholders(case)
        return
    names = [name for name, _ in declared(case.index, case.path, case.place.start)]
    item = case.index.at(case.path, case.place.start, case.place.end)
    for order, name in enumerate([*dict.fromkeys(names), "'static"]):
        prior = 0.45 - 0.08 * order if name != "'static" else 0.15
        if (
            item is not None
            and any(part.name == name for part in item.generics)
            and len(places(definition(case.root, item), name)) == 1
        ):
            prior = 0.93  # declared and used nowhere else: it was meant for this place
        yield Answer(f"name `{name}`", (fill(case.path, case.index, *gap, name),), prior)


def _placeholders(case: Case) -> Iterator[Answer]:
    """The compiler's ``'lifetime`` filled in: the type is not one of the index, say because a macro made it."""
    names = list(dict.fromkeys(n for n, _ in declared(case.index, case.path, case.place.start)))
    word = case.source[case.place.start : case.place.end].decode("utf-8", "replace")
    whole = case.source.decode("utf-8", "replace")
    names.sort(key=lambda name: -whole.count(f"{word}<{name}"))
    for suggestion in case.diagnostic.suggestions:
        if any("'lifetime" in part.text for part in suggestion.replacements):
            for order, name in enumerate(names):
                parts = tuple(
                    part.model_copy(update={"text": part.text.replace("'lifetime", name)})
                    for part in suggestion.replacements
                )
                yield Answer(f"name `{name}`", parts, 0.7 - 0.15 * order)


def _undeclared(case: Case) -> Iterator[Answer]:
    """E0261: a name like one that is declared; or one declared where none is said to be."""
    name = next((n for n in quoted(case.diagnostic.message) if n.startswith("'")), None)
    if name is None:
        return
    known = list(dict.fromkeys(n for n, _ in declared(case.index, case.path, case.place.start)))
    put = (case.path, case.place.start, case.place.end)
    alike = [other for _, other in rank(name, known, 0.4)]
    for other in dict.fromkeys([*alike, *known]):
        long = len(name) > 2 and other in alike
        yield Answer(f"write `{other}` for `{name}`", (edits.replace(*put, other),), 0.92 if long else 0.3)
    item = case.index.at(case.path, case.place.start, case.place.end)
    while item is not None and not isinstance(item, Impl | Function | Struct | Enum):
        item = item.parent
    if isinstance(item, Impl):
        inner = [i for i in item.items if any(part.name == name for part in i.generics)]
        parts: list[Replacement] = [_impl_generic(item, name)]
        for other_item in inner:
            gone = undeclare(other_item, name)
            if gone is not None:
                parts.append(gone)
        if inner:
            yield Answer(f"declare `{name}` for the whole impl", tuple(parts), 0.92)
        if (
            not item.generics
            and text(nodes.node_at(case.root, case.place.start, case.place.end).parent).count("'") == 1
        ):
            anonymous = any("'_" in impl.self_type.text for impl in case.index.of_kind(Impl))
            yield Answer(
                f"declare `{name}` for the impl",
                (_impl_generic(item, name),),
                _EVEN if anonymous else _NAMED,
            )
            yield Answer("any lifetime will do", (edits.replace(*put, "'_"),), _EVEN - 0.05 if anonymous else 0.05)


propose = answering(
    {
        "E0106": (_missing,),
        None: (_missing,),
        "E0261": (_undeclared,),
        "E0637": (_available,),
        "E0726": (_available,),
    }
)
