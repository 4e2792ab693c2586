"""Fields that a struct expression lacks or has twice: E0063, E0062, E0124.

A missing field gets what its siblings tell (``y: self.y + other.y`` after ``x: self.x + other.x``), what other
expressions of the struct give it, the local of its name, ``self``'s field of its name, a local of its type, an empty
value; or the rest comes from ``..Default::default()``. A field given twice takes the name of one that is missing, or
one of the two goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.analogy import by_analogy, common, mentions
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.items import Field, ItemIndex, Struct
from rusta_cargo.repair.code.labels import named, quoted
from rusta_cargo.repair.code.nodes import indent_at
from rusta_cargo.repair.code.structs import (
    Literal,
    bracket_elements,
    declaration,
    inside,
    literal_after,
    literals_of,
)
from rusta_cargo.repair.code.values import Values, names_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

MOST = 10
_SHARED = 0.85  # what several siblings agree on
_ALONE = 0.8  # one sibling of the same type that says more than its own name


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for missing and repeated fields."""
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if place is None or diagnostic.code not in _ANSWERS:
            continue
        for title, parts, prior in islice(_ANSWERS[diagnostic.code](situation, diagnostic, place), MOST):
            yield Candidate(title, parts, min(prior, 0.95), diagnostic=number, cites=(diagnostic.code,))


Answer = tuple[str, tuple[Replacement, ...], float]


def _missing(situation: Situation, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    source = situation.source(place.path)
    literal = literal_after(situation.syntax(place.path).root_node, source, place.start, place.end)
    if literal is None or literal.has_rest:
        return
    index = ItemIndex.of(situation)
    struct = declaration(index, literal.name, place.path, place.start)
    given = [part.name for part in literal.fields]
    absent = _absent(struct, given, diagnostic)
    if not absent:
        return
    values = Values(situation, place.path, place.start)
    others = (
        []
        if struct is None
        else [other for other in islice(literals_of(situation, index, struct), 200) if other.braces != literal.braces]
    )
    choices = [_choices(values, struct, literal, name, others) for name in absent]
    yield from _filled(source, place.path, struct, literal, absent, choices)
    if struct is not None and index.implements(struct.name, "Default"):
        text = "..Self::default()" if literal.name == "Self" else "..Default::default()"
        elements = bracket_elements(literal.braces)
        prior = 0.2 + min(0.4, 0.15 * (len(absent) - 1))
        yield (
            f"take the other fields of `{struct.name}` from its default",
            (_listed(place.path, source, literal, elements, text, None),),
            prior,
        )


def _absent(struct: Struct | None, given: list[str], diagnostic: Diagnostic) -> list[str]:
    if struct is not None and struct.shape == "named":
        return [field.name for field in struct.fields if field.name not in given]
    told, more = named(diagnostic.message.partition(" in initializer of ")[0])
    return [] if more else told


def _choices(
    values: Values, struct: Struct | None, literal: Literal, name: str, others: list[Literal]
) -> list[tuple[str, float]]:
    """Values for one field, best first."""
    field = None if struct is None else struct.field(name)
    wanted = None if field is None else types.tidy(field.type.text)
    best: dict[str, float] = {}

    def offer(text: str, weight: float) -> None:
        best[text] = max(best.get(text, 0.0), weight)

    siblings = [(part.name, part.value) for part in literal.fields]
    spoken = [(sibling, value) for sibling, value in siblings if value != sibling and mentions(sibling, value)]
    for text, share in by_analogy(name, spoken):
        alike = sum(1 for sibling, _ in spoken if struct is not None and _same_type(struct, sibling, field))
        offer(text, (_SHARED if len(spoken) > 1 else _ALONE) * share * (1.0 if alike else 0.7))
    for value in values.offers(name, wanted, taken=_used(literal)):
        offer(value.text, value.weight)
    elsewhere = [part.value for other in others for part in other.fields if part.name == name]
    locals_here = set(names_of(values.visible))
    for text, count in common(elsewhere)[:3]:
        if all(word in locals_here for word in _locals_in(text)):
            offer(
                text,
                0.9 if text == name else min(0.7, 0.3 + 0.2 * count / len(elsewhere) + 0.05 * count),
            )
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))


def _same_type(struct: Struct, sibling: str, field: Field | None) -> bool:
    other = struct.field(sibling)
    return field is not None and other is not None and types.same(field.type.text, other.type.text)


def _used(literal: Literal) -> set[str]:
    return {part.value for part in literal.fields}


def _locals_in(text: str) -> list[str]:
    """The words of an expression that must be locals: lower case, no path, call, field, macro or literal."""
    found = []
    for word in types.words(text):
        if word[0].islower() and word not in ("true", "false", "as", "vec", "format") and word not in types.PRIMITIVES:
            around = text.partition(word)
            if not around[0].endswith((".", "::")) and not around[2].startswith(("::", "(", "!")):
                found.append(word)
    return found if '"' not in text else []


def _filled(
    source: bytes,
    path: str,
    struct: Struct | None,
    literal: Literal,
    absent: list[str],
    choices: list[list[tuple[str, float]]],
) -> Iterator[Answer]:
    """All missing fields with their best values; then with one of them at its next best."""
    if any(not choice for choice in choices):
        return
    best = [choice[0] for choice in choices]
    yield _one(source, path, struct, literal, absent, best, 1.0)
    for rank in range(1, 5):
        for which, choice in enumerate(choices):
            if rank < len(choice):
                changed = [*best[:which], choice[rank], *best[which + 1 :]]
                yield _one(source, path, struct, literal, absent, changed, 0.8)


def _one(
    source: bytes,
    path: str,
    struct: Struct | None,
    literal: Literal,
    absent: list[str],
    chosen: list[tuple[str, float]],
    factor: float,
) -> Answer:
    elements = bracket_elements(literal.braces)
    written = {
        name: name if text == name else f"{name}: {text}" for name, (text, _) in zip(absent, chosen, strict=True)
    }
    places = _places(struct, [part.name for part in literal.parts], absent)
    grouped: dict[int | None, list[str]] = {}
    for name in absent:
        grouped.setdefault(places[name], []).append(written[name])
    spread = bool(elements) and b"\n" in source[inside(literal.braces, source)[0] : elements[0][0]]
    if not elements and b"\n" in source[literal.braces.start_byte : literal.braces.end_byte]:
        spread = True
    parts = []
    for at, texts in grouped.items():
        gap = ",\n" + indent_at(source, elements[0][0]) if spread and elements else ", "
        parts.append(_listed(path, source, literal, elements, gap.join(texts), at))
    listed = ", ".join(f"`{text}`" for text in written.values())
    prior = factor
    for _, weight in chosen:
        prior *= weight
    if len(chosen) > 1:
        prior = max(prior, 0.5 * factor * min(weight for _, weight in chosen))
    return (
        f"give the missing field{'s' if len(absent) > 1 else ''} {listed}"[:160],
        tuple(parts),
        max(prior, 0.01),
    )


def _places(struct: Struct | None, given: list[str], absent: list[str]) -> dict[str, int | None]:
    """Before which element each missing field goes: the order of the declaration when the given ones keep it."""
    places: dict[str, int | None] = dict.fromkeys(absent)
    if struct is None:
        return places
    rank = {field.name: number for number, field in enumerate(struct.fields)}
    order = [rank.get(name, len(rank)) for name in given]
    for name in absent:
        if order == sorted(order):
            places[name] = next((at for at, place in enumerate(order) if place > rank[name]), None)
            continue
        # out of order: behind the nearest field that is declared before it
        before = max((place for place in order if place < rank[name]), default=None)
        after = 0 if before is None else order.index(before) + 1
        places[name] = after if after < len(order) else None
    return places


def _listed(
    path: str,
    source: bytes,
    literal: Literal,
    elements: list[tuple[int, int]],
    text: str,
    at: int | None,
) -> Replacement:
    opening, closing = inside(literal.braces, source)
    made = edits.add_element(path, source, opening, closing, elements, text, at)
    if at is None and text.startswith("..") and made.text.endswith(","):
        return edits.replace(path, made.start, made.end, made.text.removesuffix(","))
    return made


def _twice(situation: Situation, _diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0062: the second of the two is marked."""
    source = situation.source(place.path)
    index = ItemIndex.of(situation)
    name = situation.text(place.path, place.start, place.end).partition(":")[0].strip()
    root = situation.syntax(place.path).root_node
    holder = root.descendant_for_byte_range(place.start, place.end)
    while holder is not None and not (holder.type == "field_initializer_list" or holder.type == "token_tree"):
        holder = holder.parent
    if holder is None:
        return
    head = holder.prev_sibling
    start = holder.start_byte if head is None else head.start_byte
    literal = None if head is None else literal_after(root, source, start, head.end_byte)
    if literal is None:
        return
    elements = bracket_elements(literal.braces)
    which = [number for number, span in enumerate(elements) if span[0] <= place.start < span[1]]
    first = [number for number, part in enumerate(literal.parts) if part.name == name]
    struct = declaration(index, literal.name, place.path, start)
    given = [part.name for part in literal.fields]
    if struct is not None and which and len(elements) == len(literal.parts):
        for other in struct.fields:
            if other.name not in given:
                for number, factor in ((which[0], 1.0), (first[0], 0.7)):
                    part = literal.parts[number]
                    shorthand = part.value_start == part.start
                    text = f"{other.name}: {part.value}" if shorthand else other.name
                    end = part.end if shorthand else part.name_end
                    yield (
                        f"the repeated field is `{other.name}`",
                        (edits.replace(place.path, part.start, end, text),),
                        0.75 * factor,
                    )
    for number, prior in ((which[0] if which else -1, 0.5), (first[0] if first else -1, 0.3)):
        if number >= 0:
            yield (
                "drop one of the repeated fields",
                (edits.delete_element(place.path, source, elements, number),),
                prior,
            )


def _declared_twice(situation: Situation, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0124: a struct that declares a field twice. A name that is used and not declared is what it should be."""
    source = situation.source(place.path)
    item = ItemIndex.of(situation).at(place.path, place.start)
    if not isinstance(item, Struct):
        return
    name = next(iter(quoted(diagnostic.message)), "")
    spans = [(field.start, field.end) for field in item.fields]
    which = [number for number, field in enumerate(item.fields) if field.name == name]
    unknown = [
        quoted(other.message)[0]
        for other in situation.diagnostics
        if other.code in ("E0609", "E0560", "E0559", "E0026") and quoted(other.message)
    ]
    if len(which) < 2:
        return
    second = item.fields[which[-1]]
    wanted = list(dict.fromkeys(word.rpartition("::")[2] for word in unknown))
    for word in wanted[:3]:
        if item.field(word) is None and word.isidentifier():
            change = edits.replace(place.path, second.name_start, second.name_end, word)
            yield f"name the second `{name}` `{word}`, as it is used", (change,), 0.7
    same = types.same(item.fields[which[0]].type.text, second.type.text)
    for number, prior in ((which[-1], 0.6 if same else 0.4), (which[0], 0.25 if same else 0.35)):
        yield (
            f"drop one of the two fields `{name}`",
            (edits.delete_element(place.path, source, spans, number),),
            prior,
        )


_ANSWERS = {"E0063": _missing, "E0062": _twice, "E0124": _declared_twice}
