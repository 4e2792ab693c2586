"""Types and calls with too few or too many generic arguments: E0107.

A missing argument is the parameter of the same name that is in scope, ``_`` inside a body, what other uses of the
type have; or the item around gets the parameter too; or the list goes where everything can be inferred. Superfluous
arguments go, or the declaration gets the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.analogy import common
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import add_generic, delete, elements_of, insert, replace
from rusta_cargo.repair.code.items import Function, Impl, Item, ItemIndex, Struct
from rusta_cargo.repair.code.nodes import node_at, text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

MOST = 8
_NOTHING, _ENDS_SO = 0.5, 0.85
# How likely a function lost its parameters when so many calls give it arguments.
_SEVERAL, _ONE = 0.8, 0.3
# What other uses give, and how much more it is worth when all agree.
_GIVEN, _AGREED = 0.35, 0.45
_COUNTS = re.compile(r"takes (?:at (?:most|least) )?(\d+) (generic|lifetime|type|const) arguments? but (\d+)")
_EXPECTED = re.compile(r"^expected (?:at least )?(\d+) generic argument")
_MISSING = re.compile(r"missing generics for (?:\w+ )+`([^`]*)`")

Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for generic arguments whose number is wrong."""
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code != "E0107" or place is None:
            continue
        index = ItemIndex.of(situation)
        for title, parts, prior in islice(_answers(situation, index, diagnostic, place), MOST):
            yield Candidate(title[:160], parts, min(0.95, prior), diagnostic=number, cites=("E0107",))


def _answers(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    source = situation.source(place.path)
    listed = _list_after(situation, place)
    counted = _COUNTS.search(diagnostic.message)
    defined = _definition(index, diagnostic)
    lifetimes = counted is not None and counted[2] == "lifetime"
    if lifetimes and counted is not None and int(counted[1]) == 0 and listed is not None:
        yield from _without(situation, place, listed, int(counted[3]), lifetimes=True)
        return
    kinds = ("lifetime",) if lifetimes else ("type", "const")
    wanted = [g.name for g in defined.generics if g.kind in kinds and g.default is None] if defined else []
    around = index.at(place.path, place.start)
    if isinstance(around, Impl) and defined is not None:
        # An impl that declares every parameter of the type uses them all, those with a default too.
        every = [g.name for g in defined.generics if g.kind in kinds]
        wanted = every if every == [g.name for g in around.generics if g.kind in kinds] else wanted
    given = [] if listed is None else [e for e in elements_of(listed) if (source[e[0] : e[0] + 1] == b"'") == lifetimes]
    if counted is not None and int(counted[3]) > int(counted[1]):
        if listed is not None and not lifetimes:
            yield from _without(situation, place, listed, int(counted[3]) - int(counted[1]))
            yield from _declared(defined, given)
            yield from _meant(situation, diagnostic, defined, len(given))
        return
    if not wanted and counted is None and (found := _MISSING.search(diagnostic.message)) is not None:
        wanted = types.split_generic(found[1])[1]
    if defined is None and not wanted and counted is None and listed is None:
        yield from _as_elsewhere(situation, index, place, diagnostic)
    if defined is None and not wanted and counted is None and listed is None and _one_is_missing(diagnostic):
        yield "let it hold nothing: `<()>`", (insert(place.path, place.end, "<()>"),), _of_nothing(situation, place)
    if not wanted and counted is not None:
        wanted = ["_"] * int(counted[1])
    if len(wanted) > len(given):
        texts = [source[start:end].decode("utf-8", "replace") for start, end in given]
        yield from _with(situation, index, place, listed, wanted, texts, defined, lifetimes)


def _as_elsewhere(situation: Situation, index: ItemIndex, place: Span, diagnostic: Diagnostic) -> Iterator[Answer]:
    """What the crate gives a type of another crate at other places."""
    told = next((m for span in diagnostic.spans if (m := _EXPECTED.search(span.label or ""))), None)
    item, scope = index.at(place.path, place.start), list[str]()
    while item is not None:
        scope += [generic.name for generic in item.generics]
        item = item.parent
    name = situation.text(place.path, place.start, place.end).rpartition("::")[2]
    rows = [
        ", ".join(row) for row in _other_uses(situation, index, name)
        if told is not None and row and len(row) >= int(told[1]) and not _foreign(row, scope)
    ]  # fmt: skip
    for joined, times in common(rows)[:2]:
        shown = f"give the generic arguments `{joined}`, as elsewhere"
        yield shown, (insert(place.path, place.end, f"<{joined}>"),), _GIVEN + _AGREED * times / len(rows)


def _one_is_missing(diagnostic: Diagnostic) -> bool:
    return any((span.label or "").startswith("expected 1 generic argument") for span in diagnostic.spans)


def _of_nothing(situation: Situation, place: Span) -> float:
    """How likely a type of another crate (``io::Result``, ``JoinHandle``) is one of nothing: as the function ends."""
    function = nodes.function_of(node_at(situation.syntax(place.path), place.start, place.end))
    tail = None if function is None else nodes.tail_of(function.child_by_field_name("body"))
    if tail is None:
        return _NOTHING
    return (
        _ENDS_SO if text(tail) == "Ok(())" else 0.5 * _NOTHING if text(tail).startswith(("Ok(", "Some(")) else _NOTHING
    )


def _list_after(situation: Situation, place: Span) -> Node | None:
    """The ``<…>`` behind the marked name."""
    source = situation.source(place.path)
    byte = place.end
    if source[byte : byte + 2] == b"::":
        byte += 2
    if source[byte : byte + 1] != b"<":
        return None
    token = situation.syntax(place.path).root_node.descendant_for_byte_range(byte, byte + 1)
    found = None if token is None else token.parent
    return found if found is not None and found.type == "type_arguments" else None


def _definition(index: ItemIndex, diagnostic: Diagnostic) -> Item | None:
    for note in diagnostic.notes:
        if "defined here" in note.message:
            for span in note.spans:
                if span.primary and span.path in index.files:
                    return index.defined_at(span)
    return None


def _without(situation: Situation, place: Span, listed: Node, count: int, lifetimes: bool = False) -> Iterator[Answer]:
    """Leaves superfluous arguments out: all, or the last, or one of them."""
    source = situation.source(place.path)
    elements = [e for e in elements_of(listed) if (source[e[0] : e[0] + 1] == b"'") == lifetimes]
    every = elements_of(listed)
    if count >= len(every):
        yield (
            "leave out the generic arguments",
            (delete(place.path, place.end, listed.end_byte),),
            0.6,
        )
        return
    for rank, (start, end) in enumerate(reversed(elements)):
        if count == 1:
            at = every.index((start, end))
            cut = (start, every[at + 1][0]) if at + 1 < len(every) else (every[at - 1][1] if at else start, end)
            shown = source[start:end].decode("utf-8", "replace")
            yield (
                f"leave out the generic argument `{shown}`",
                (delete(place.path, *cut),),
                0.5 / (rank + 1),
            )
    if count > 1:
        kept = every[len(every) - count - 1][1]
        yield (
            "leave out the last generic arguments",
            (delete(place.path, kept, every[-1][1]),),
            0.45,
        )


def _declared(defined: Item | None, given: list[tuple[int, int]]) -> Iterator[Answer]:
    """A declaration without generics whose fields could use them: the parameter is missing there."""
    if not isinstance(defined, Struct) or not defined.fields or defined.generics:
        return
    used = [
        name for field in defined.fields for name in types.words(field.type.text) if re.fullmatch(r"[A-Z]\d?", name)
    ]
    names = list(dict.fromkeys(used))
    if len(names) == len(given):
        yield (
            f"declare `{', '.join(names)}` on `{defined.name}`",
            (add_generic(defined, ", ".join(names)),),
            0.7,
        )


def _meant(situation: Situation, diagnostic: Diagnostic, defined: Item | None, count: int) -> Iterator[Answer]:
    """A function without generics that several calls give arguments: it lost its parameters."""
    if not isinstance(defined, Function) or defined.generics:
        return
    said = sum(other.code == diagnostic.code and other.message == diagnostic.message and
               _definition(ItemIndex.of(situation), other) is defined for other in situation.diagnostics)  # fmt: skip
    taken = {generic.name for item in _around(defined) for generic in item.generics}
    names = [letter for letter in "TUVWABCDEFGH" if letter not in taken][:count]
    if len(names) == count:
        joined = ", ".join(names)
        change = insert(defined.path, defined.name_end, f"<{joined}>")
        yield f"declare `{joined}` on `{defined.name}`", (change,), _SEVERAL if said > 1 else _ONE


def _around(item: Item | None) -> Iterator[Item]:
    while item is not None:
        yield item
        item = item.parent


def _with(
    situation: Situation,
    index: ItemIndex,
    place: Span,
    listed: Node | None,
    wanted: list[str],
    given: list[str],
    defined: Item | None,
    lifetimes: bool,
) -> Iterator[Answer]:
    around = index.at(place.path, place.start)
    here = node_at(situation.syntax(place.path), place.start, place.end)
    inside = nodes.enclosing(here, "block") is not None
    others = [] if listed is None else [t for t in map(text, listed.named_children) if t.startswith("'") != lifetimes]
    for row, prior in _rows(situation, index, around, place, wanted, given, defined, inside, lifetimes):
        whole = ", ".join([*row, *others] if lifetimes else [*others, *row])
        if listed is None:
            turbofish = "::" if inside and isinstance(defined, Function) else ""
            change = insert(place.path, place.end, f"{turbofish}<{whole}>")
        else:
            change = replace(place.path, listed.start_byte, listed.end_byte, f"<{whole}>")
        yield f"give the generic arguments `{whole}`", (change,), prior
    if listed is not None and isinstance(defined, Function):
        cut = delete(place.path, place.end, listed.end_byte)
        yield "leave the generic arguments to inference", (cut,), 0.35
    if not lifetimes:
        yield from _carried(around, place, listed, wanted[len(given) :])


def _rows(
    situation: Situation,
    index: ItemIndex,
    around: Item | None,
    place: Span,
    wanted: list[str],
    given: list[str],
    defined: Item | None,
    inside: bool,
    lifetimes: bool,
) -> Iterator[tuple[list[str], float]]:
    """Whole lists that have the given arguments in their order, the likeliest first."""
    count = len(wanted) - len(given)
    scope: list[str] = []
    item = around
    while item is not None:
        own = [g.name for g in item.generics if (g.kind == "lifetime") == lifetimes]
        scope += [name for name in own if name not in scope]
        item = item.parent
    if all(name in scope for name in wanted) and _within(given, wanted):
        yield wanted, 0.8
    name = situation.text(place.path, place.start, place.end).rpartition("::")[2]
    uses = []
    for use in _other_uses(situation, index, name):
        row = [part for part in use if part.startswith("'") == lifetimes]
        if len(row) == len(wanted) and _within(given, row) and not _foreign(row, scope):
            uses.append("\0".join(row))
    for joined, times in common(uses)[:3]:
        yield joined.split("\0"), 0.35 + 0.35 * times / len(uses)
    unused = [name for name in scope if name not in given]
    if inside and not lifetimes:
        yield from ((row, 0.65 - 0.05 * at) for at, row in enumerate(_filled(given, ["_"] * count)))
    if len(unused) >= count:
        yield from ((row, 0.55 - 0.05 * at) for at, row in enumerate(_filled(given, unused[:count])))
    if lifetimes:
        yield from ((row, 0.3) for row in _filled(given, ["'_"] * count))
    elif not inside or isinstance(defined, Function):
        for rank, kind in enumerate(("i32", "String")):
            yield [*given, *[kind] * count], 0.1 / (rank + 1)


def _within(part: list[str], whole: list[str]) -> bool:
    """``part`` is what is left of ``whole`` when some are taken out."""
    rest = iter(whole)
    return all(any(word == other for other in rest) for word in part)


def _foreign(row: list[str], scope: list[str]) -> bool:
    """It speaks of a parameter that is not in scope here."""
    for part in row:
        if part.startswith("'") and part not in (*scope, "'static", "'_"):
            return True
        if any(re.fullmatch(r"[A-Z]\d?", word) and word not in scope for word in types.words(part)):
            return True
    return False


def _filled(given: list[str], more: list[str]) -> list[list[str]]:
    """``more`` behind, before, and between what is given."""
    return [[*given[:at], *more, *given[at:]] for at in range(len(given), -1, -1)]


def _other_uses(situation: Situation, index: ItemIndex, name: str) -> Iterator[list[str]]:
    """The generic arguments that other mentions of the type have."""
    for path in index.files:
        source = situation.source(path)
        if not re.search(rf"\b{re.escape(name)}(?:::)?<".encode(), source):
            continue
        for node in nodes.every(situation.syntax(path).root_node, "generic_type"):
            if text(node.child_by_field_name("type")).rpartition("::")[2] == name:
                listed = node.child_by_field_name("type_arguments")
                spans = [] if listed is None else elements_of(listed)
                yield [source[a:b].decode("utf-8", "replace") for a, b in spans]


def _carried(around: Item | None, place: Span, listed: Node | None, missing: list[str]) -> Iterator[Answer]:
    """The item around gets the parameter, and passes it on."""
    item = around
    while item is not None and not isinstance(item, Struct | Function | Impl) and item.kind != "type":
        item = item.parent
    if item is None or listed is not None or item.path != place.path:
        return
    taken = {generic.name for generic in item.generics}
    if taken & set(missing):
        return
    joined = ", ".join(missing)
    if isinstance(item, Impl):
        start = item.start + len("impl")
        if item.generics_span is None:
            parts = (
                insert(item.path, start, f"<{joined}>"),
                insert(place.path, place.end, f"<{joined}>"),
            )
            yield f"make the impl generic over `{joined}`", parts, 0.7
        return
    parts = (add_generic(item, joined), insert(place.path, place.end, f"<{joined}>"))
    yield f"make `{item.name}` generic over `{joined}` too", parts, 0.3
