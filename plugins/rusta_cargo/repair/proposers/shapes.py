"""A struct, variant or enum used in another shape than it has: E0423, E0532, E0533, E0574, E0164.

``Foo(a, b)`` of a struct with named fields becomes ``Foo { a, b }`` or a call of its constructor, ``Foo`` alone is
given its fields, an enum's name is completed by the variant that has the fields, a module's by its type; the same in
patterns.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import insert, replace
from rusta_cargo.repair.code.items import Enum, Field, ItemIndex, Struct, Variant
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import node_at, text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.structs import (
    bracket_elements,
    brackets_after,
    declaration,
    inside,
    literal_after,
)
from rusta_cargo.repair.code.values import Offer, Values
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

CODES = ("E0423", "E0532", "E0533", "E0574", "E0164")
MOST = 8
_UNIT_VARIANTS = {"Option": ("None",), "Ordering": ("Equal", "Less", "Greater")}
_PATTERNS = (
    "match_pattern",
    "tuple_struct_pattern",
    "struct_pattern",
    "let_condition",
    "or_pattern",
    "tuple_pattern",
)

Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for names used in the wrong shape."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in CODES or place is None:
            continue
        index = index or ItemIndex.of(situation)
        for title, parts, prior in islice(_answers(situation, index, diagnostic, place), MOST):
            yield Candidate(
                title[:160],
                parts,
                min(0.95, prior),
                diagnostic=number,
                cites=(diagnostic.code,),
            )


def _answers(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    source = situation.source(place.path)
    root = situation.syntax(place.path).root_node
    end = _path_end(source, place)
    path = source[place.start : end].decode("utf-8", "replace")
    if diagnostic.code == "E0574":
        yield from _completed(situation, index, place, path, end)
        return
    enum = index.enum(path) if "::" not in path or path.endswith(">") else None
    found = None if "found enum" in diagnostic.message else declaration(index, path, place.path, place.start)
    node = node_at(root, place.start, end)
    pattern = nodes.enclosing(node, _PATTERNS) is not None and nodes.enclosing(node, ("block", *_PATTERNS)) is not None
    pattern = pattern and getattr(nodes.enclosing(node, ("block", *_PATTERNS)), "type", "") != "block"
    if found is None:
        yield from _variant_of(diagnostic, enum, place, path, end, root_brackets(situation, place.path, end))
        return
    listed = brackets_after(root, source, end)
    if listed is not None and source[inside(listed, source)[0] - 1 : inside(listed, source)[0]] == b"(":
        yield from _reshaped(situation, index, found, place, path, end, pattern)
    elif listed is None or not pattern:
        yield from _alone(situation, index, found, place, path, end, pattern)


def _path_end(source: bytes, place: Span) -> int:
    """Where the path ends: rustc marks sometimes the path, sometimes the call."""
    depth, byte = 0, place.start
    while byte < place.end:
        char = source[byte : byte + 1]
        if char == b"<":
            depth += 1
        elif char == b">":
            depth -= 1
        elif depth == 0 and char in b"({ \n":
            return byte
        byte += 1
    return place.end


def root_brackets(situation: Situation, path: str, end: int) -> int | None:
    """How many elements the parentheses after ``end`` hold; None when there are none."""
    source = situation.source(path)
    listed = brackets_after(situation.syntax(path).root_node, source, end)
    if listed is None or not text(listed).endswith(")"):
        return None
    return len(bracket_elements(listed))


def _reshaped(
    situation: Situation,
    index: ItemIndex,
    found: Struct,
    place: Span,
    path: str,
    end: int,
    pattern: bool,
) -> Iterator[Answer]:
    """``Name(…)`` of something that is no tuple."""
    source = situation.source(place.path)
    listed = brackets_after(situation.syntax(place.path).root_node, source, end)
    if listed is None:
        return
    given = [source[a:b].decode("utf-8", "replace") for a, b in bracket_elements(listed)]
    closing = inside(listed, source)[1]
    if found.shape == "unit":
        yield f"`{path}` has no fields", (edits.delete(place.path, end, closing + 1),), 0.7
        return
    if not pattern and not isinstance(found, Variant):
        yield from _constructed(index, found, place, path, end, len(given))
    if found.shape != "named":
        return
    fields = list(found.fields)
    if len(given) == len(fields):
        rows = [_paired(fields, given)]
    elif pattern:
        rows = [
            [
                *(f"{f.name}: {g}" if f.name != g else g for f, g in zip(fields, given, strict=False)),
                "..",
            ]
        ]
    else:
        rows = list(_filled(situation, place, fields, given))
    for rank, row in enumerate(rows[:3]):
        made = f" {{ {', '.join(row)} }}" if row else " {}"
        yield (
            f"write `{path}` with its fields' names",
            (replace(place.path, end, closing + 1, made),),
            0.75 / (rank + 1),
        )


def _paired(fields: list[Field], given: list[str]) -> list[str]:
    """Arguments to fields: by name where all names are among them, else in order."""
    names = [field.name for field in fields]
    if set(given) == set(names):
        return given
    return [
        field.name if field.name == value else f"{field.name}: {value}"
        for field, value in zip(fields, given, strict=True)
    ]


def _filled(situation: Situation, place: Span, fields: list[Field], given: list[str]) -> Iterator[list[str]]:
    """The fields with what is given first, then what can be found."""
    values = Values(situation, place.path, place.start)
    rows: list[list[Offer]] = []
    for field in fields[len(given) :]:
        offers = values.offers(field.name, types.tidy(field.type.text))
        if not offers:
            return
        rows.append(offers)
    first = [f.name if f.name == g else f"{f.name}: {g}" for f, g in zip(fields, given, strict=False)]
    for rank in range(3):
        rest = [
            field.name
            if offers[min(rank, len(offers) - 1)].text == field.name
            else f"{field.name}: {offers[min(rank, len(offers) - 1)].text}"
            for field, offers in zip(fields[len(given) :], rows, strict=True)
        ]
        yield [*first, *rest]


def _constructed(index: ItemIndex, found: Struct, place: Span, path: str, end: int, count: int) -> Iterator[Answer]:
    """The type's own functions that take as many arguments and give the type."""
    for method in index.methods(found.name):
        if method.is_method or method.returns is None or len(method.parameters) != count:
            continue
        if types.head(method.returns.text) in ("Self", found.name):
            prior = 0.6 if method.name == "new" else 0.35
            yield (
                f"call `{path}::{method.name}`",
                (insert(place.path, end, f"::{method.name}"),),
                prior,
            )


def _alone(
    situation: Situation,
    index: ItemIndex,
    found: Struct,
    place: Span,
    path: str,
    end: int,
    pattern: bool,
) -> Iterator[Answer]:
    """``Name`` without anything where it needs its fields."""
    source = situation.source(place.path)
    called = source[end : end + 1] == b"("
    if called:
        return
    if pattern:
        if found.shape == "tuple":
            blank = ", ".join("_" for _ in found.fields)
            yield f"match `{path}({blank})`", (insert(place.path, end, f"({blank})"),), 0.5
            yield f"match `{path}(..)`", (insert(place.path, end, "(..)"),), 0.45
        elif found.shape == "named":
            yield f"match `{path} {{ .. }}`", (insert(place.path, end, " { .. }"),), 0.7
        return
    if not isinstance(found, Variant):
        if index.implements(found.name, "Default"):
            yield f"use `{path}::default()`", (insert(place.path, end, "::default()"),), 0.45
        for title, parts, prior in _constructed(index, found, place, path, end, 0):
            yield title, (replace(place.path, end, end, f"{parts[0].text}()"),), prior
    if found.shape in ("named", "tuple"):
        for rank, row in enumerate(islice(_filled(situation, place, list(found.fields), []), 2)):
            if found.shape == "tuple":
                made = f"({', '.join(part.partition(': ')[2] or part for part in row)})"
            else:
                made = f" {{ {', '.join(row)} }}"
            yield f"give `{path}` its fields", (insert(place.path, end, made),), 0.4 / (rank + 1)


def _variant_of(
    diagnostic: Diagnostic,
    enum: Enum | None,
    place: Span,
    path: str,
    end: int,
    count: int | None,
) -> Iterator[Answer]:
    """An enum's name where a value is needed: the variant that takes as many arguments."""
    if "found enum" not in diagnostic.message:
        return
    if enum is None:
        head = types.head(path.replace("::<", "<"))
        for name in _UNIT_VARIANTS.get(head, ()) if count is None else ():
            yield f"use the variant `{name}`", (insert(place.path, end, f"::{name}"),), 0.45
        return
    shape = "unit" if count is None else "tuple"
    fitting = [v for v in enum.variants if v.shape == shape and (count is None or len(v.fields) == count)]
    name = next(iter(quoted(diagnostic.message)), enum.name)
    for variant in sorted(fitting, key=lambda v: -likeness(name, v.name)):
        yield (
            f"use the variant `{variant.name}`",
            (insert(place.path, end, f"::{variant.name}"),),
            0.6 / len(fitting),
        )


def _completed(situation: Situation, index: ItemIndex, place: Span, path: str, end: int) -> Iterator[Answer]:
    """E0574: braces after something that is no struct: the variant or type that has the fields."""
    source = situation.source(place.path)
    literal = literal_after(situation.syntax(place.path).root_node, source, place.start, end)
    if literal is None:
        return
    given = {part.name for part in literal.fields}
    last = path.rpartition("::")[2]
    options: list[tuple[float, str]] = []
    enum = index.enum(path)
    for variant in () if enum is None else enum.variants:
        names = {field.name for field in variant.fields}
        if variant.shape == "named" and given <= names and (given == names or literal.has_rest):
            options.append((0.85, f"{path}::{variant.name}"))
        elif variant.shape == "named" and given & names:
            options.append((0.35, f"{path}::{variant.name}"))
    for struct in index.of_kind(Struct):
        names = {field.name for field in struct.fields}
        if struct.shape != "named" or not given or not given <= names:
            continue
        module = index.module_of(struct)
        alike = likeness(last, struct.name)
        exact = given == names or literal.has_rest
        if module and module[-1] == last:
            options.append((0.8 if exact else 0.4, f"{path}::{struct.name}"))
        elif alike >= 0.5 or exact:
            options.append((0.3 + 0.4 * alike if exact else 0.3 * alike, struct.name))
    total = max(1, sum(1 for weight, _ in options if weight >= 0.8))
    for weight, name in sorted(set(options), key=lambda pair: (-pair[0], pair[1])):
        yield f"it is `{name}`", (replace(place.path, place.start, end, name),), weight / total
