"""Implementations that may not be: E0116, E0117, E0118, E0119, E0120, E0210, E0322, E0390.

What is foreign goes behind a trait or a type of the crate's own; what is said twice is said once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    Function,
    Impl,
    Item,
    ItemIndex,
    Struct,
    Trait,
    Variant,
)
from rusta_cargo.repair.code.owners import OnItem, on_item
from rusta_cargo.repair.code.removing import underived, without
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_FOREIGN_NAMES = re.compile(r"\W+")


def _inherent(situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
    """Methods for a type of another crate: a trait of our own, or a type of our own around it."""
    if not isinstance(item, Impl) or item.trait is not None:
        return
    source = situation.source(item.path)
    kind = item.self_type.text
    if kind.startswith("&") and index.type_named(kind) is not None:
        yield (
            "implement it for the type, not a reference to it",
            (edits.replace(item.path, item.self_type.start, item.self_type.end, types.referent(kind)),),
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
            f"trait {name}{generics} {{\n" + "\n".join(heads) + "\n}\n" if heads else f"trait {name}{generics} {{}}\n"
        )
        changes = [
            edits.line_before(item.path, source, item.start, body),
            edits.insert(item.path, item.self_type.start, f"{name}{given} for "),
        ]
        changes += [
            edits.delete(m.path, m.visibility.start, m.visibility.end + 1) for m in methods if m.visibility is not None
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


def _orphan(situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
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
            if impl.trait is not None and types.head(impl.trait.text) == found.name and not impl.generics
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
    structs = [s for s in index.of_kind(Struct, item.path) if not isinstance(s, Variant) and not s.generics]
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


def _nominal(situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
    """``impl<T> T``: a trait for every type."""
    if isinstance(item, Impl) and item.trait is None:
        yield from ((t, p, 0.5 if "trait" in t else w) for t, p, w in _inherent(situation, index, _diagnostic, item))


def _conflict(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, _item: Item) -> Iterator[Change]:
    """Two implementations that overlap: a derive beside a written one, or a blanket one that is narrowed."""
    told = re.search(r"trait `(?:\w+::)*(\w+)(?:<.*>)?`(?: for type `(.+)`)?", diagnostic.message)
    if told is None:
        return
    owner = index.type_named(told[2]) if told[2] else None
    trait = told[1]
    if owner is not None:
        yield f"derive no {trait}", underived(situation, owner, (trait,)), 0.75
    impls = [impl for impl in index.of_kind(Impl) if impl.trait is not None and types.head(impl.trait.text) == trait]
    for impl in impls:
        free = {generic.name for generic in impl.generics if generic.kind == "type"}
        if types.strip_references(impl.self_type.text) in free and told[2]:
            # The blanket one is narrowed to a bound that the other type does not have, or to a container.
            generic = next(g for g in impl.generics if g.name == types.strip_references(impl.self_type.text))
            span = impl.self_type
            if generic.name == span.text:
                yield (
                    "narrow the general one to vectors",
                    (edits.replace(impl.path, span.start, span.end, f"Vec<{generic.name}>"),),
                    0.15,
                )
            bound = "Default" if owner is not None and not index.implements(owner.name, "Default") else "Copy"
            added = edits.add_bound(impl, generic.name, bound)
            if added is not None:
                yield f"narrow the general one to `{bound}` types", (added,), 0.1
            parts = without(situation, impl)
            other = next((i for i in impls if i is not impl and types.same(i.self_type.text, told[2])), None)
            if other is not None:
                yield "keep the particular implementation", parts, 0.08
    plain = [impl for impl in impls if told[2] and types.same(impl.self_type.text, told[2])]
    if len(plain) == 2:
        first, second = plain
        if situation.text(first.path, first.start, first.end) == situation.text(second.path, second.start, second.end):
            yield "implement it once", without(situation, second), 0.7
        else:
            yield "keep the first implementation", without(situation, second), 0.08


def _uncovered(situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
    """A foreign trait for a bare parameter (E0210): a type of our own around it."""
    if not isinstance(item, Impl) or not item.generics:
        return
    source = situation.source(item.path)
    name, generic = "Wrapper", item.generics[0].name
    mine = [s for s in index.of_kind(Struct, item.path) if len(s.generics) == 1 and not isinstance(s, Variant)]
    for struct in mine[:1]:
        yield (
            f"implement it for `{struct.name}`",
            (edits.replace(item.path, item.self_type.start, item.self_type.end, f"{struct.name}<{generic}>"),),
            0.5,
        )
    made = f"struct {name}<{generic}>({generic});\n"
    yield (
        "implement it for a type of our own",
        (
            edits.line_before(item.path, source, item.start, made),
            edits.replace(item.path, item.self_type.start, item.self_type.end, f"{name}<{generic}>"),
        ),
        0.3,
    )


def _automatic(situation: Situation, _index: ItemIndex, _diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
    """A trait that the compiler alone implements (E0322): the implementation goes."""
    if isinstance(item, Impl) and not item.items:
        yield "leave the implementation to the compiler", without(situation, item), 0.7


_ANSWERS: dict[str, OnItem] = {
    "E0116": _inherent, "E0390": _inherent, "E0118": _nominal, "E0117": _orphan, "E0120": _orphan, "E0119": _conflict,
    "E0210": _uncovered, "E0322": _automatic,
}  # fmt: skip
_READERS: dict[str, tuple[Reader, ...]] = {code: (on_item(answer),) for code, answer in _ANSWERS.items()}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for implementations that break a rule of coherence."""
    yield from gathered(situation, _READERS)
