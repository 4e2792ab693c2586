"""Implementations of the wrong form: E0184, E0204 (``Copy``), E0197 to E0200 (``unsafe``), E0207 (loose parameters).

``Copy`` goes where it cannot be; ``unsafe`` goes or comes; a parameter that nothing determines moves to where
it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.deriving import deriving
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    Enum,
    Function,
    Impl,
    Item,
    ItemIndex,
    Struct,
    Trait,
)
from rusta_cargo.repair.code.model import Generic
from rusta_cargo.repair.code.owners import OnItem, on_item
from rusta_cargo.repair.code.removing import underived, without
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic


def _no_copy(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
    """``Copy`` for what cannot be copied (E0204, E0184)."""
    owner: Item | None = index.type_named(item.self_type.text) if isinstance(item, Impl) else item
    if owner is not None and "Copy" in owner.derives:
        yield "derive no Copy", underived(situation, owner, ("Copy",)), 0.7
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
        yield "implement no Copy", without(situation, item), 0.5
        if (
            isinstance(owner, Struct)
            and not index.implements(owner.name, "Clone")
            and not item.items
            and item.body is not None
        ):
            parts = ", ".join(
                (f"{f.name}: " if owner.shape == "named" else "") + f"self.{f.name}.clone()" for f in owner.fields
            )
            value = f"{owner.name} {{ {parts} }}" if owner.shape == "named" else f"{owner.name}({parts})"
            indent = nodes.indent_at(situation.source(item.path), item.start)
            body = f"{{\n{indent}    fn clone(&self) -> Self {{\n{indent}        {value}\n{indent}    }}\n{indent}}}"
            yield (
                "implement Clone instead",
                (
                    edits.replace(item.path, item.trait.start, item.trait.end, "Clone"),
                    edits.replace(item.path, item.body.start, item.body.end, body),
                ),
                0.45,
            )
        if isinstance(owner, Struct | Enum) and not index.implements(owner.name, "Clone"):
            yield (
                "derive Clone instead",
                (*deriving(situation, index, owner, ("Clone",)), *without(situation, item)),
                0.4,
            )
    for span in diagnostic.spans:
        field = index.at(span.path, span.start) if "does not implement `Copy`" in (span.label or "") else None
        declared = getattr(field, "fields", ())
        for part in declared:
            if part.start <= span.start < part.end or part.type.start <= span.start < part.type.end:
                inner = index.type_named(part.type.text)
                if inner is not None and not types.is_reference(part.type.text) and inner is not owner:
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
                yield "implement no Drop", without(situation, impl), 0.1


def _safety(situation: Situation, _index: ItemIndex, diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
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
            yield "leave out the negative implementation", without(situation, item), 0.3


def _unconstrained(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, item: Item) -> Iterator[Change]:
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
            added = edits.add_field(source_of, owner, holder if owner.shape == "tuple" else f"marker: {holder}")
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
        "type": f"std::marker::PhantomData<{generic.name}>",
        "lifetime": f"std::marker::PhantomData<&{generic.name} ()>", "const": "",
    }.get(generic.kind)  # fmt: skip


_ANSWERS: dict[str, OnItem] = {
    "E0184": _no_copy, "E0204": _no_copy, "E0197": _safety, "E0198": _safety, "E0199": _safety, "E0200": _safety,
    "E0207": _unconstrained,
}  # fmt: skip
_READERS: dict[str, tuple[Reader, ...]] = {code: (on_item(answer),) for code, answer in _ANSWERS.items()}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for implementations of the wrong form."""
    yield from gathered(situation, _READERS)
