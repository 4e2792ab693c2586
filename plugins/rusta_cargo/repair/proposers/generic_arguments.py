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
_COUNTS = re.compile(
    r"takes (?:at (?:most|least) )?(\d+) (generic|lifetime|type|const) arguments? but (\d+)"
)
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
            yield Candidate(
                title[:160], parts, min(0.95, prior), diagnostic=number, cites=("E0107",)
            )


def _answers(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span
) -> Iterator[Answer]:
    source = situation.source(place.path)
    listed = _list_after(situation, place)
    counted = _COUNTS.search(diagnostic.message)
    defined = _definition(index, diagnostic)
    if counted is not None and counted[2] == "lifetime":
        if int(counted[1]) == 0 and listed is not None:
            yield from _without(situation, place, listed, int(counted[3]), lifetimes=True)
        return
    wanted = (
        [g.name for g in defined.generics if g.kind != "lifetime" and g.default is None]
        if defined
        else []
    )
    given = (
        []
        if listed is None
        else [e for e in elements_of(listed) if source[e[0] : e[0] + 1] != b"'"]
    )
    if counted is not None and int(counted[3]) > int(counted[1]):
        if listed is not None:
            yield from _without(situation, place, listed, int(counted[3]) - int(counted[1]))
            yield from _declared(defined, given)
        return
    if (
        not wanted
        and counted is None
        and (found := _MISSING.search(diagnostic.message)) is not None
    ):
        wanted = types.split_generic(found[1])[1]
    missing = wanted[len(given) :]
    if not missing and counted is not None and defined is None:
        missing = ["_"] * (int(counted[1]) - int(counted[3]))
    if missing:
        yield from _with(situation, index, place, listed, missing, defined)


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


def _without(
    situation: Situation, place: Span, listed: Node, count: int, lifetimes: bool = False
) -> Iterator[Answer]:
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
            cut = (
                (start, every[at + 1][0])
                if at + 1 < len(every)
                else (every[at - 1][1] if at else start, end)
            )
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
        name
        for field in defined.fields
        for name in types.words(field.type.text)
        if re.fullmatch(r"[A-Z]\d?", name)
    ]
    names = list(dict.fromkeys(used))
    if len(names) == len(given):
        yield (
            f"declare `{', '.join(names)}` on `{defined.name}`",
            (add_generic(defined, ", ".join(names)),),
            0.7,
        )


def _with(
    situation: Situation,
    index: ItemIndex,
    place: Span,
    listed: Node | None,
    missing: list[str],
    defined: Item | None,
) -> Iterator[Answer]:
    around = index.at(place.path, place.start)
    inside = (
        nodes.enclosing(node_at(situation.syntax(place.path), place.start, place.end), "block")
        is not None
    )
    for names, prior in _arguments(
        situation, index, around, place, listed, missing, defined, inside
    ):
        text_ = ", ".join(names)
        if listed is None:
            turbofish = "::" if inside and isinstance(defined, Function) else ""
            change = insert(place.path, place.end, f"{turbofish}<{text_}>")
        else:
            spans = elements_of(listed)
            change = (
                insert(place.path, spans[-1][1], f", {text_}")
                if spans
                else replace(place.path, listed.start_byte, listed.end_byte, f"<{text_}>")
            )
        yield f"give the generic argument `{text_}`", (change,), prior
    if listed is not None and isinstance(defined, Function):
        blanks = ", ".join(["_"] * len(missing))
        for start, _ in elements_of(listed)[:1]:
            yield "infer the first ones", (insert(place.path, start, f"{blanks}, "),), 0.3
        yield (
            "leave the generic arguments to inference",
            (delete(place.path, place.end, listed.end_byte),),
            0.35,
        )
    yield from _carried(around, place, listed, missing)


def _arguments(
    situation: Situation,
    index: ItemIndex,
    around: Item | None,
    place: Span,
    listed: Node | None,
    missing: list[str],
    defined: Item | None,
    inside: bool,
) -> Iterator[tuple[list[str], float]]:
    """What to write for the missing arguments."""
    scope: list[str] = []
    item = around
    while item is not None:
        scope += [
            generic.name
            for generic in item.generics
            if generic.kind == "type" and generic.name not in scope
        ]
        item = item.parent
    if missing[0] != "_" and all(name in scope for name in missing):
        yield missing, 0.75
    elif len(missing) <= len(scope):
        yield scope[: len(missing)], 0.55
    if inside:
        yield ["_"] * len(missing), 0.65
    name = situation.text(place.path, place.start, place.end).rpartition("::")[2]
    given = 0 if listed is None else len(elements_of(listed))
    uses = [
        use[given:]
        for use in _other_uses(situation, index, name)
        if len(use) == given + len(missing)
    ]
    for joined, count in common("\0".join(use) for use in uses)[:3]:
        found = joined.split("\0")
        if not any(
            re.fullmatch(r"[A-Z]\d?|_", word) and word not in scope for word in types.words(joined)
        ):
            yield found, 0.25 + 0.3 * count / len(uses)
    if not inside or isinstance(defined, Function):
        for rank, kind in enumerate(("i32", "String")):
            yield [kind] * len(missing), 0.1 / (rank + 1)


def _other_uses(situation: Situation, index: ItemIndex, name: str) -> Iterator[list[str]]:
    """The generic arguments that other mentions of the type have."""
    for path in index.files:
        source = situation.source(path)
        if f"{name}<".encode() not in source:
            continue
        for node in nodes.below(situation.syntax(path).root_node, "generic_type"):
            if text(node.child_by_field_name("type")).rpartition("::")[2] == name:
                listed = node.child_by_field_name("type_arguments")
                spans = [] if listed is None else elements_of(listed)
                yield [source[a:b].decode("utf-8", "replace") for a, b in spans]


def _carried(
    around: Item | None, place: Span, listed: Node | None, missing: list[str]
) -> Iterator[Answer]:
    """The item around gets the parameter, and passes it on."""
    item = around
    while (
        item is not None and not isinstance(item, Struct | Function | Impl) and item.kind != "type"
    ):
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
