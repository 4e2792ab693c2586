"""Items of an impl that the trait does not have: E0407, E0437, E0438.

The item takes the name of one that the impl lacks; or it moves to the type's own impl; or the trait lost its
declaration; at last it goes, if it is a type or a constant.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import delete_lines, insert, into_body, replace
from rusta_cargo.repair.code.items import Function, Impl, Item, ItemIndex, Trait
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import after_line, indent_at
from rusta_cargo.repair.code.signatures import declaration_text, trait_of
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.std_traits import STD
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_cargo.repair.proposers.trait_signatures import index_impls
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0407", "E0437", "E0438")
_MISSPELT = 0.2
Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for items that are no members of the trait."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in CODES or place is None:
            continue
        index = index or ItemIndex.of(situation)
        item = index.at(place.path, place.start, place.end)
        if item is None or not isinstance(item.parent, Impl):
            continue
        near = any("similar name" in said for said in _said(diagnostic))
        for title, parts, prior in _answers(situation, index, item, item.parent):
            if near and not title.startswith("`"):
                prior *= _MISSPELT  # the compiler knows an item of the trait that is called nearly so
            yield Candidate(title, parts, min(prior, 0.95), diagnostic=number, cites=(diagnostic.code,))


def _said(diagnostic: Diagnostic) -> Iterator[str]:
    yield from (suggestion.message for suggestion in diagnostic.suggestions)
    yield from (span.label or "" for span in diagnostic.spans)
    yield from (note.message for note in diagnostic.notes)


def _answers(situation: Situation, index: ItemIndex, item: Item, impl: Impl) -> Iterator[Answer]:
    source = situation.source(item.path)
    node = nodes.exact(situation.syntax(item.path), item.start, item.end)
    first = item.first if node is None else nodes.item_start(node)
    trait = trait_of(impl, index)
    present = {other.name for other in impl.items}
    yield from _renamed(item, _lacking(situation, impl, trait, item, present))
    if trait is not None and trait.path != STD:
        yield from _to_trait(situation, index, trait, item)
    if isinstance(item, Function):
        moved = _moved(source, index, item, impl, first)
        if moved:
            yield f"move `{item.name}` to an impl of `{impl.name}` itself", moved, 0.45
    prior = 0.12 if isinstance(item, Function) else 0.45
    yield (
        f"drop `{item.name}`, which the trait does not have",
        (delete_lines(item.path, source, first, item.end),),
        prior,
    )


def _lacking(situation: Situation, impl: Impl, trait: Trait | None, item: Item, present: set[str]) -> dict[str, bool]:
    """The items of its kind that the impl does not have, with whether it must."""
    if trait is not None:
        must = {other.name for other in trait.required()}
        return {o.name: o.name in must for o in trait.items if o.kind == item.kind and o.name not in present}
    upper = not isinstance(item, Function)
    found: dict[str, bool] = {}
    for other in situation.diagnostics:
        if other.code == "E0046" and other.primary is not None and impl.start <= other.primary.start < impl.end:
            for name in quoted(other.message.partition("missing:")[2]):
                if name[0].isupper() == upper:
                    found[name] = True
    return found


def _renamed(item: Item, lacking: dict[str, bool]) -> Iterator[Answer]:
    required = [name for name, must in lacking.items() if must]
    scored = []
    for name, must in lacking.items():
        alike = likeness(item.name, name)
        prior = 0.9 * alike if alike >= 0.5 else 0.05
        if must:
            prior = max(prior, 0.6 if len(required) == 1 else 0.3 / len(required))
        scored.append((prior, name))
    for prior, name in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:4]:
        if prior > 0.1:
            change = replace(item.path, item.name_start, item.name_end, name)
            yield f"`{item.name}` is the trait's `{name}`", (change,), prior


def _to_trait(situation: Situation, index: ItemIndex, trait: Trait, item: Item) -> Iterator[Answer]:
    """The declaration that the trait has lost; likelier when every impl has the item or generic code calls it."""
    impls = index_impls(index, trait)
    having = [impl for impl in impls if any(other.name == item.name for other in impl.items)]
    text = declaration_text(item)
    if not text or (isinstance(item, Function) and "Self" not in text and item.generics and not item.is_method):
        return
    change = into_body(situation.source(trait.path), trait, text)
    if change is not None:
        everywhere = len(having) == len(impls)
        prior = 0.75 if everywhere and len(impls) > 1 else 0.35 if everywhere else 0.08
        yield f"declare `{item.name}` in `{trait.name}`", (change,), prior


def _moved(source: bytes, index: ItemIndex, item: Function, impl: Impl, first: int) -> tuple[Replacement, ...]:
    """The function cut out and put into the type's own impl, or a new one behind this."""
    if index.type_named(impl.self_type.text) is None:
        return ()  # no own impl for a foreign type
    text = source[first : item.end].decode("utf-8", "replace")
    inner = indent_at(source, item.start)
    flat = "\n".join(line.removeprefix(inner) for line in text.split("\n"))
    cut = delete_lines(item.path, source, first, item.end)
    own = [o for o in index.impls_of(impl.name) if o.path == impl.path and o.self_type.text == impl.self_type.text]
    if own:
        added = into_body(source, own[0], flat)
        return () if added is None or added.path != cut.path else (cut, added)
    generics = "" if impl.generics_span is None else impl.generics_span.text
    where = "" if impl.where is None else f" {impl.where.text}"
    indent = indent_at(source, impl.start)
    body = "\n".join((indent + "    " + line) if line.strip() else "" for line in flat.split("\n"))
    new = f"{indent}impl{generics} {impl.self_type.text}{where} {{\n{body}\n{indent}}}\n"
    place = after_line(source, impl.end)
    head = "\n" if source[place - 1 : place] == b"\n" else "\n\n"
    return (cut, insert(impl.path, place, head + new))
