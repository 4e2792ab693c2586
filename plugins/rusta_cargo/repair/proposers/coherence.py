"""Implementations that may not be: E0116, E0117, E0118, E0119, E0120, E0184, E0197, E0198, E0199, E0200, E0204, E0207, E0210, E0322, E0390.

What is foreign goes behind a trait or a type of the crate's own; what is said twice is said once; ``Copy`` goes where
it cannot be; a parameter that nothing determines moves to where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.deriving import deriving
from rusta_cargo.repair.code.items import (
    Enum,
    Function,
    Impl,
    Item,
    ItemIndex,
    Struct,
    Trait,
    Variant,
)
from rusta_cargo.repair.code.model import Generic
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

Change = tuple[str, tuple[Replacement, ...], float]
_FOREIGN_NAMES = re.compile(r"\W+")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for implementations that break a rule of coherence."""
    index: ItemIndex | None = None
    done: set[tuple[Replacement, ...]] = set()
    for number, diagnostic in enumerate(situation.diagnostics):
        reader = _READERS.get(diagnostic.code or "")
        place = diagnostic.primary
        if reader is None or place is None:
            continue
        index = index or ItemIndex.of(situation)
        if place.path not in index.files:
            continue
        item = index.at(place.path, place.start, place.start)
        while item is not None and not isinstance(item, Impl | Struct | Enum):
            item = item.parent
        if isinstance(item, Variant):
            item = item.parent
        if item is None:
            continue
        for title, parts, prior in reader(situation, index, diagnostic, item):
            if parts and parts not in done:
                done.add(parts)
                yield Candidate(
                    title, parts, prior, diagnostic=number, cites=(diagnostic.code or "",)
                )


def _inherent(
    situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """Methods for a type of another crate: a trait of our own, or a type of our own around it."""
    if not isinstance(item, Impl) or item.trait is not None:
        return
    source = situation.source(item.path)
    kind = item.self_type.text
    if kind.startswith("&") and index.type_named(kind) is not None:
        yield (
            "implement it for the type, not a reference to it",
            (
                edits.replace(
                    item.path, item.self_type.start, item.self_type.end, types.referent(kind)
                ),
            ),
            0.5,
        )
    methods = [part for part in item.items if isinstance(part, Function)]
    if len(methods) == len(item.items):
        base = types.head(kind) or _FOREIGN_NAMES.sub("", kind).title() or "Value"
        words = [word.capitalize() for word in types.words(base)]
        name = f"{''.join(words) or 'Value'}Ext"
        while index.named(name, Trait):
            name += "1"
        heads = []
        for method in methods:
            end = method.body.start if method.body is not None else method.end
            written = situation.text(method.path, method.start, end).strip()
            heads.append("    " + re.sub(r"^pub(?:\([^)]*\))? ", "", written) + ";")
        generics = "" if item.generics_span is None else item.generics_span.text
        names = ", ".join(generic.name for generic in item.generics)
        given = f"<{names}>" if names else ""
        body = (
            f"trait {name}{generics} {{\n" + "\n".join(heads) + "\n}\n"
            if heads
            else f"trait {name}{generics} {{}}\n"
        )
        changes = [
            edits.line_before(item.path, source, item.start, body),
            edits.insert(item.path, item.self_type.start, f"{name}{given} for "),
        ]
        changes += [
            edits.delete(m.path, m.visibility.start, m.visibility.end + 1)
            for m in methods
            if m.visibility is not None
        ]
        yield "put the methods in a trait", tuple(changes), 0.5
    yield from _wrapped(situation, index, item)


def _wrapped(situation: Situation, index: ItemIndex, item: Impl) -> Iterator[Change]:
    kind = types.tidy(item.self_type.text)
    if item.generics or "'" in kind or not kind[:1].isalnum():
        return
    name = "".join(word[:1].upper() + word[1:] for word in types.words(kind))
    name = name if index.type_named(name) is None and name != kind else f"My{name}"
    source = situation.source(item.path)
    yield (
        "wrap the type in one of our own",
        (
            edits.line_before(item.path, source, item.start, f"struct {name}({kind});\n"),
            edits.replace(item.path, item.self_type.start, item.self_type.end, name),
        ),
        0.3,
    )


def _orphan(
    situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """A foreign trait for a foreign type (E0117), or ``Drop`` for what is no type of ours (E0120)."""
    if not isinstance(item, Impl) or item.trait is None:
        return
    kind = types.tidy(item.self_type.text)
    source = situation.source(item.path)
    span = item.self_type
    own = index.type_named(kind)
    if types.is_reference(kind) and own is not None:
        yield (
            "implement it for the type itself",
            (edits.replace(item.path, span.start, span.end, types.strip_references(kind)),),
            0.6,
        )
    found = next(iter(index.named(types.strip_references(kind).removeprefix("dyn "), Trait)), None)
    if found is not None and not item.generics:
        types_with = [
            impl
            for impl in index.of_kind(Impl)
            if impl.trait is not None
            and types.head(impl.trait.text) == found.name
            and not impl.generics
        ]
        for impl in types_with[:2]:
            yield (
                f"implement it for `{impl.self_type.text}`",
                (edits.replace(item.path, span.start, span.end, impl.self_type.text),),
                0.4,
            )
        name = f"{found.name}Holder"
        made = f"struct {name}<T: {found.name}>(T);\n"
        yield (
            "implement it for a type that holds one",
            (
                edits.line_before(item.path, source, item.start, made),
                edits.insert(
                    item.path,
                    item.start + source[item.start : item.end].index(b"impl") + 4,
                    f"<T: {found.name}>",
                ),
                edits.replace(item.path, span.start, span.end, f"{name}<T>"),
            ),
            0.3,
        )
    structs = [
        s for s in index.of_kind(Struct, item.path) if not isinstance(s, Variant) and not s.generics
    ]
    mine = [s for s in structs if any(types.same(f.type.text, kind) for f in s.fields)]
    for struct in mine[:2]:
        yield (
            f"implement it for `{struct.name}`",
            (edits.replace(item.path, span.start, span.end, struct.name),),
            0.4,
        )
    required = item.body is not None and not item.items and types.head(item.trait.text) == "Drop"
    for title, parts, prior in _wrapped(situation, index, item):
        extra: tuple[Replacement, ...] = ()
        if required and item.body is not None:
            indent = nodes.indent_at(source, item.start)
            extra = (
                edits.replace(
                    item.path,
                    item.body.start,
                    item.body.end,
                    f"{{\n{indent}    fn drop(&mut self) {{}}\n{indent}}}",
                ),
            )
        yield title, (*parts, *extra), prior


def _nominal(
    situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """``impl<T> T``: a trait for every type."""
    if isinstance(item, Impl) and item.trait is None:
        yield from (
            (t, p, 0.5 if "trait" in t else w)
            for t, p, w in _inherent(situation, index, _diagnostic, item)
        )


def _conflict(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """Two implementations that overlap: a derive beside a written one, or a blanket one that is narrowed."""
    told = re.search(r"trait `(?:\w+::)*(\w+)(?:<.*>)?`(?: for type `(.+)`)?", diagnostic.message)
    if told is None:
        return
    owner = index.type_named(told[2]) if told[2] else None
    trait = told[1]
    if owner is not None:
        yield f"derive no {trait}", _underived(situation, owner, (trait,)), 0.75
    impls = [
        impl
        for impl in index.of_kind(Impl)
        if impl.trait is not None and types.head(impl.trait.text) == trait
    ]
    for impl in impls:
        free = {generic.name for generic in impl.generics if generic.kind == "type"}
        if types.strip_references(impl.self_type.text) in free and told[2]:
            # The blanket one is narrowed to a bound that the other type does not have, or to a container.
            generic = next(
                g for g in impl.generics if g.name == types.strip_references(impl.self_type.text)
            )
            span = impl.self_type
            if generic.name == span.text:
                yield (
                    "narrow the general one to vectors",
                    (edits.replace(impl.path, span.start, span.end, f"Vec<{generic.name}>"),),
                    0.15,
                )
            bound = (
                "Default"
                if owner is not None and not index.implements(owner.name, "Default")
                else "Copy"
            )
            added = edits.add_bound(impl, generic.name, bound)
            if added is not None:
                yield f"narrow the general one to `{bound}` types", (added,), 0.1
            parts = _without(situation, impl)
            other = next(
                (i for i in impls if i is not impl and types.same(i.self_type.text, told[2])), None
            )
            if other is not None:
                yield "keep the particular implementation", parts, 0.08
    plain = [impl for impl in impls if told[2] and types.same(impl.self_type.text, told[2])]
    if len(plain) == 2:
        first, second = plain
        if situation.text(first.path, first.start, first.end) == situation.text(
            second.path, second.start, second.end
        ):
            yield "implement it once", _without(situation, second), 0.7
        else:
            yield "keep the first implementation", _without(situation, second), 0.08


def _without(situation: Situation, item: Item) -> tuple[Replacement, ...]:
    source = situation.source(item.path)
    return (edits.delete_lines(item.path, source, item.first, item.end),)


def _underived(
    situation: Situation, owner: Item, traits: tuple[str, ...]
) -> tuple[Replacement, ...]:
    """Takes derives away, and the attribute with the last of them."""
    source = situation.source(owner.path)
    for attribute in owner.attributes:
        listed = [(piece.start, piece.end) for piece in attribute.arguments]
        which = [
            at
            for at, piece in enumerate(attribute.arguments)
            if piece.text.rpartition("::")[2] in traits
        ]
        if attribute.name == "derive" and which:
            if len(which) == len(listed):
                return (edits.delete_lines(owner.path, source, attribute.start, attribute.end),)
            if len(which) == 1:
                return (edits.delete_element(owner.path, source, listed, which[0]),)
            kept = [piece.text for at, piece in enumerate(attribute.arguments) if at not in which]
            return (edits.replace(owner.path, listed[0][0], listed[-1][1], ", ".join(kept)),)
    return ()


def _no_copy(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """``Copy`` for what cannot be copied (E0204, E0184)."""
    owner: Item | None = index.type_named(item.self_type.text) if isinstance(item, Impl) else item
    if owner is not None and "Copy" in owner.derives:
        yield "derive no Copy", _underived(situation, owner, ("Copy",)), 0.7
        if "Clone" not in owner.derives:
            for attribute in owner.attributes:
                for piece in attribute.arguments if attribute.name == "derive" else ():
                    if piece.text == "Copy":
                        yield (
                            "derive Clone instead of Copy",
                            (edits.replace(owner.path, piece.start, piece.end, "Clone"),),
                            0.5,
                        )
    if isinstance(item, Impl) and item.trait is not None and types.head(item.trait.text) == "Copy":
        yield "implement no Copy", _without(situation, item), 0.5
        if isinstance(owner, Struct) and not index.implements(owner.name, "Clone") and not item.items and item.body is not None:
            parts = ", ".join((f"{f.name}: " if owner.shape == "named" else "") + f"self.{f.name}.clone()" for f in owner.fields)
            value = f"{owner.name} {{ {parts} }}" if owner.shape == "named" else f"{owner.name}({parts})"
            indent = nodes.indent_at(situation.source(item.path), item.start)
            body = f"{{\n{indent}    fn clone(&self) -> Self {{\n{indent}        {value}\n{indent}    }}\n{indent}}}"
            yield (
                "implement Clone instead",
                (edits.replace(item.path, item.trait.start, item.trait.end, "Clone"), edits.replace(item.path, item.body.start, item.body.end, body)),
                0.45,
            )
        if isinstance(owner, Struct | Enum) and not index.implements(owner.name, "Clone"):
            yield (
                "derive Clone instead",
                (*deriving(situation, index, owner, ("Clone",)), *_without(situation, item)),
                0.4,
            )
    for span in diagnostic.spans:
        field = (
            index.at(span.path, span.start)
            if "does not implement `Copy`" in (span.label or "")
            else None
        )
        declared = getattr(field, "fields", ())
        for part in declared:
            if part.start <= span.start < part.end or part.type.start <= span.start < part.type.end:
                inner = index.type_named(part.type.text)
                if (
                    inner is not None
                    and not types.is_reference(part.type.text)
                    and inner is not owner
                ):
                    yield (
                        f"derive Copy for `{inner.name}`",
                        deriving(situation, index, inner, ("Clone", "Copy")),
                        0.55,
                    )
                if types.is_mutable_reference(part.type.text):
                    new = part.type.text.replace("mut ", "", 1)
                    yield (
                        "hold a shared reference",
                        (
                            edits.replace(
                                owner.path if owner else item.path,
                                part.type.start,
                                part.type.end,
                                new,
                            ),
                        ),
                        0.25,
                    )
    if diagnostic.code == "E0184":
        for impl in index.of_kind(Impl):
            if (
                owner is not None
                and impl.trait is not None
                and types.head(impl.trait.text) == "Drop"
                and impl.name == owner.name
                and not impl.items
            ):
                yield "implement no Drop", _without(situation, impl), 0.1


def _safety(
    situation: Situation, _index: ItemIndex, diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """``unsafe`` where it may not be, or is missing."""
    if not isinstance(item, Impl):
        return
    source = situation.source(item.path)
    head = source[item.start : item.self_type.start]
    at = head.find(b"unsafe ")
    if diagnostic.code == "E0200":
        yield (
            "promise it with `unsafe`",
            (edits.insert(item.path, item.start + head.find(b"impl"), "unsafe "),),
            0.85,
        )
        return
    if at >= 0:
        gone = edits.delete(item.path, item.start + at, item.start + at + 7)
        yield "leave `unsafe` away", (gone,), 0.85
        if item.negative:
            mark = source.find(b"!", item.start, item.self_type.start)
            yield "implement the trait", (edits.delete(item.path, mark, mark + 1), gone), 0.2
            yield "leave out the negative implementation", _without(situation, item), 0.3


def _unconstrained(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """A parameter of an impl that its type and trait do not speak of (E0207)."""
    place = diagnostic.primary
    if not isinstance(item, Impl) or place is None:
        return
    generic = next((g for g in item.generics if g.start <= place.start < g.end), None)
    if generic is None or item.generics_span is None:
        return
    source = situation.source(item.path)
    spans = [(g.start, g.end) for g in item.generics]
    which = item.generics.index(generic)
    alone = len(spans) == 1
    gone = (
        edits.delete(item.path, item.generics_span.start, item.generics_span.end)
        if alone
        else edits.delete_element(item.path, source, spans, which)
    )
    written = source[generic.start : generic.end].decode()
    using = [
        part
        for part in item.items
        if re.search(
            rf"(?<!\w){re.escape(generic.name)}(?!\w)",
            situation.text(part.path, part.start, part.end),
        )
    ]
    if not using:
        yield f"leave out `{generic.name}`, which nothing uses", (gone,), 0.7
    methods = [part for part in using if isinstance(part, Function)]
    if item.trait is None and methods and len(methods) == len(using):
        moved = [edits.add_generic(method, written) for method in methods]
        yield f"declare `{generic.name}` on the method", (gone, *moved), 0.6
    owner = index.type_named(item.self_type.text)
    holder = _phantom(generic)
    if isinstance(owner, Struct) and not owner.generics and holder is not None:
        bare = (
            generic.name
            if generic.kind != "const"
            else f"const {generic.name}: {(generic.bounds.text.lstrip(': ') if generic.bounds else 'usize')}"
        )
        field = None
        source_of = situation.source(owner.path)
        if owner.shape == "unit" and generic.kind != "const":
            at = owner.name_end
            field = edits.insert(owner.path, at, f"<{bare}>({holder})")
            parts: tuple[Replacement, ...] = (field,)
        elif owner.shape == "unit":
            parts = (edits.insert(owner.path, owner.name_end, f"<{bare}>"),)
        else:
            added = edits.add_field(
                source_of, owner, holder if owner.shape == "tuple" else f"marker: {holder}"
            )
            parts = (edits.add_generic(owner, bare), *((added,) if added is not None else ()))
        use = edits.insert(item.path, item.self_type.end, f"<{generic.name}>")
        yield f"give `{owner.name}` the parameter", (*parts, use), 0.35
    if item.trait is not None and "<" not in item.trait.text:
        trait = next(iter(index.named(item.trait.text, Trait)), None)
        if trait is not None and not trait.generics:
            bare = generic.name if generic.kind != "const" else written
            yield (
                f"give the trait `{trait.name}` the parameter",
                (
                    edits.add_generic(trait, bare if generic.kind != "type" else generic.name),
                    edits.insert(item.path, item.trait.end, f"<{generic.name}>"),
                ),
                0.3,
            )


def _phantom(generic: Generic) -> str | None:
    return {
        "type": f"std::marker::PhantomData<{generic.name}>", "lifetime": f"std::marker::PhantomData<&{generic.name} ()>", "const": "",
    }.get(generic.kind)  # fmt: skip


def _uncovered(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """A foreign trait for a bare parameter (E0210): a type of our own around it."""
    if not isinstance(item, Impl) or not item.generics:
        return
    source = situation.source(item.path)
    name, generic = "Wrapper", item.generics[0].name
    mine = [
        s
        for s in index.of_kind(Struct, item.path)
        if len(s.generics) == 1 and not isinstance(s, Variant)
    ]
    for struct in mine[:1]:
        yield (
            f"implement it for `{struct.name}`",
            (
                edits.replace(
                    item.path, item.self_type.start, item.self_type.end, f"{struct.name}<{generic}>"
                ),
            ),
            0.5,
        )
    made = f"struct {name}<{generic}>({generic});\n"
    yield (
        "implement it for a type of our own",
        (
            edits.line_before(item.path, source, item.start, made),
            edits.replace(
                item.path, item.self_type.start, item.self_type.end, f"{name}<{generic}>"
            ),
        ),
        0.3,
    )


def _automatic(
    situation: Situation, _index: ItemIndex, _diagnostic: Diagnostic, item: Item
) -> Iterator[Change]:
    """A trait that the compiler alone implements (E0322): the implementation goes."""
    if isinstance(item, Impl) and not item.items:
        yield "leave the implementation to the compiler", _without(situation, item), 0.7


_Reader = Callable[[Situation, ItemIndex, Diagnostic, Item], Iterator[Change]]
_READERS: dict[str, _Reader] = {
    "E0116": _inherent, "E0390": _inherent, "E0118": _nominal, "E0117": _orphan, "E0120": _orphan, "E0119": _conflict, "E0184": _no_copy,
    "E0204": _no_copy, "E0197": _safety, "E0198": _safety, "E0199": _safety, "E0200": _safety, "E0207": _unconstrained,
    "E0210": _uncovered, "E0322": _automatic,
}  # fmt: skip
