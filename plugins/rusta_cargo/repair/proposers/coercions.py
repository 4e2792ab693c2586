"""Values of the wrong type, mended where they stand: E0308, E0271 and E0326 at an expression.

From the two types of the message: a borrow, dereference, conversion, cast, wrapper or call is put around the value
(:mod:`conversion`), or what is too much is taken off it (:mod:`undoing`), or a literal is written as the other type. Of
two operands, branches or arms that should agree, either may be the wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.expression import Spot, spot
from rusta_cargo.repair.code.fitting import fitted, short
from rusta_cargo.repair.code.gathering import Change, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import mismatch, mismatch_in, quoted
from rusta_cargo.repair.code.literals import literal_of, rewritten
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.code.undoing import elements
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

CODES = ("E0308", "E0326")


MOST = 12
# How often the place that the compiler points at is the wrong one, not its partner.
_THERE, _PARTNER, _ORIGIN, _CONTRADICTED = 0.9, 0.45, 0.4, 0.4


_PARTNERS = (
    "expected because this is", "expected because of this", "expected due to this value", "is found to be of type",
    "expected due to the type of this binding",
)  # fmt: skip


_SECOND = 0.8
_METHODS = {
    ("push_str", "char"): "push", ("push", "&str"): "push_str", ("push", "&String"): "push_str", ("insert_str",
    "char"): "insert",
    ("insert", "&str"): "insert_str", ("push", ""): "extend", ("push_str", "&char"): "push", ("powi",
    "f64"): "powf", ("powf", "i32"): "powi",
    ("powf", "{integer}"): "powi", ("powi", "{float}"): "powf", ("powi", "f32"): "powf",
}  # fmt: skip


_LAZY = {
    "unwrap_or": "unwrap_or_else", "or_insert": "or_insert_with", "ok_or": "ok_or_else", "or": "or_else",
    "map_or": "map_or_else",
    "and": "and_then", "get_or_insert": "get_or_insert_with",
}  # fmt: skip


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for values of the wrong type."""
    index: ItemIndex | None = None
    done: set[tuple[Replacement, ...]] = set()
    alike: dict[tuple[str, str], list[tuple[int, Change]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in CODES or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        ranked = sorted(_changes(situation, index, diagnostic), key=lambda change: -change[2])
        pair = mismatch(diagnostic)
        if ranked and pair is not None:
            alike.setdefault((pair.found, pair.expected), []).append((number, ranked[0]))
        fresh = [change for change in _distinct(ranked) if change[1] not in done]
        for title, parts, prior in islice(fresh, MOST):
            done.add(parts)
            yield Candidate(title[:160], parts, max(0.01, min(0.95, prior)), diagnostic=number, cites=("E0308",))
    yield from _everywhere(alike.values())


def _everywhere(alike: Iterable[list[tuple[int, Change]]]) -> Iterator[Candidate]:
    """The likeliest change of every error that speaks of the same two types, made at once."""
    for group in alike:
        parts = tuple(dict.fromkeys(part for _, change in group for part in change[1]))
        places = sorted((part.path, part.start, part.end) for part in parts)
        clash = any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(places))
        if len(group) > 1 and not clash and len({change[1] for _, change in group}) > 1:
            # Several values of one wrong type rather have one declaration in common.
            prior = min(0.9, 0.9 * max(change[2] for _, change in group))
            yield Candidate(f"everywhere: {group[0][1][0]}"[:160], parts, prior, cites=("E0308",))


def _distinct(changes: list[Change]) -> Iterator[Change]:
    seen: set[tuple[Replacement, ...]] = set()
    for change in changes:
        if change[1] not in seen:
            seen.add(change[1])
            yield change


def _changes(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    pair, place = mismatch(diagnostic), diagnostic.primary
    yield from _arguments(situation, index, diagnostic)
    if pair is None or place is None or (place.label is None and diagnostic.message.startswith("arguments to this")):
        return  # what the primary span marks is what is called
    here = spot(situation, index, place)
    near = mismatch_in(place.label or "")
    if here is None or _in_pattern(here.node):
        return
    for have, want, factor in _readings(pair.found, pair.expected, near):
        doubt = _CONTRADICTED if _contradicted(situation, diagnostic, have) else 1.0
        for title, parts, weight in fitted(situation, here, have, want):
            yield title, parts, weight * _THERE * factor * doubt
    yield from _lent(situation, here, pair.found, pair.expected)
    yield from _where_bound(situation, here, pair.found, pair.expected)
    yield from _of_method(here, pair.found)
    yield from _siblings(here, pair.expected)
    yield from _partners(situation, index, diagnostic, here, pair.found)


def _contradicted(situation: Situation, diagnostic: Diagnostic, have: str) -> bool:
    """Another error asks for the very type that this one finds, of an expression around it."""
    mine = diagnostic.primary
    for other in situation.diagnostics:
        place = other.primary
        if mine is None or place is None or other is diagnostic or place.path != mine.path or other.code != "E0308":
            continue
        wider = place.start <= mine.start and mine.end <= place.end and place.end - place.start > mine.end - mine.start
        pair = mismatch(other) if wider else None
        if pair is not None and types.same(pair.expected, have) and not pair.expected.startswith("_"):
            return True
    return False


def _arguments(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """Several arguments of one call, each with the types of its own label; each is given its likeliest form."""
    if diagnostic.primary is None or diagnostic.primary.label is not None:
        return
    found: list[list[Change]] = []
    for span in diagnostic.spans:
        pair = mismatch_in(span.label or "")
        here = None if pair is None or span.primary else spot(situation, index, span)
        if pair is None or here is None:
            continue
        ranked = sorted(fitted(situation, here, pair.found, pair.expected), key=lambda c: -c[2])
        if not ranked:
            return
        found.append(ranked[:2])
    best = [ranked[0] for ranked in found]
    rows = [best] if best else []
    rows += [[*best[:at], ranked[1], *best[at + 1 :]] for at, ranked in enumerate(found) if len(ranked) > 1]
    for row in rows:
        titles = ", ".join(change[0] for change in row)
        parts = tuple(part for change in row for part in change[1])
        yield titles, parts, min(change[2] for change in row) * (1.0 if row is best else _SECOND)


def _lent(situation: Situation, here: Spot, have: str, want: str) -> Iterator[Change]:
    """``&"a"`` where a ``&String`` is wanted: what is lent is made fit, and lent as before."""
    value = here.node.child_by_field_name("value") if here.kind == "reference_expression" else None
    if value is None or not types.is_reference(have) or not types.is_reference(want):
        return
    inner, goal = types.referent(have), types.referent(want)
    owned = goal == "String" or types.head(goal) in ("Vec", "PathBuf", "OsString")
    if owned and (types.is_reference(inner) or inner.startswith("[")):
        for title, parts, weight in fitted(situation, here.of(value), inner, goal):
            yield title, parts, weight * _THERE


def _where_bound(situation: Situation, here: Spot, have: str, want: str) -> Iterator[Change]:
    """The value of the ``let`` that the name was given, which had no type of its own."""
    lent = here.node.child_by_field_name("value") if here.kind == "reference_expression" else None
    source = origin(here if lent is None else here.of(lent))
    inner = types.inner(types.referent(have), "Option", "Result")
    if source is not None and lent is not None and inner is not None:
        for title, parts, weight in fitted(situation, source, types.referent(have), inner):
            yield title, parts, weight * _ORIGIN
        return
    if source is not None and source.kind not in ("block", "if_expression", "match_expression"):
        for title, parts, weight in fitted(situation, source, have, want):
            if not title.startswith("use "):
                yield title, parts, weight * _ORIGIN


def _of_method(here: Spot, have: str) -> Iterator[Change]:
    """The method that takes what it is given: ``push`` for ``push_str``, ``or_insert_with`` for ``or_insert``."""
    listed = here.node.parent
    call = listed.parent if listed is not None and listed.type == "arguments" else None
    callee = None if call is None else call.child_by_field_name("function")
    word = None if callee is None else callee.child_by_field_name("field")
    if word is None:
        return
    kind = "closure" if here.kind == "closure_expression" else types.short(have)
    for (method, given), other in _METHODS.items():
        if method == text(word) and (given == kind or (given == "" and types.head(kind) == "Vec")):
            yield f"call `{other}`", here.of(word).rewritten(other), 0.85
    if kind == "closure" and text(word) in _LAZY:
        yield f"call `{_LAZY[text(word)]}`", here.of(word).rewritten(_LAZY[text(word)]), 0.85


def _siblings(here: Spot, want: str) -> Iterator[Change]:
    """The literals beside this one in an array, all written as the wanted type."""
    around = here.node.parent
    if around is None or around.type != "array_expression" or literal_of(here.node) is None:
        return
    whole, start = text(around).encode(), around.start_byte
    before, rest = whole[: here.node.start_byte - start], whole[here.node.end_byte - start :]
    alone = {(before + one.encode() + rest).decode() for one, _ in rewritten(here.node, want)}
    for new, weight in elements(here.of(around), f"[{want}]"):
        if new in alone:
            continue  # the others are right
        yield f"write `{short(new)}`", here.of(around).rewritten(new), weight


def _readings(found: str, expected: str, near: object) -> Iterator[tuple[str, str, float]]:
    """The whole types; and those of the label when it speaks of a part of them."""
    have, want = getattr(near, "found", found), getattr(near, "expected", expected)
    part = (have, want) != (found, expected) and "..." not in have + want and "_" not in (have, want)
    vague = "_" in types.words(found) + types.words(expected)
    yield found, expected, 0.8 if part and vague else 1.0
    if part:
        yield have, want, 1.0 if vague else 0.8


def _in_pattern(node: Node) -> bool:
    for inner in nodes.ancestors(node):
        if inner.type.endswith("_pattern") and inner.type != "match_pattern":
            return True
        parent = inner.parent
        if parent is None or parent.type in ("block", "arguments"):
            return False
        if parent.type == "match_pattern":
            return inner != parent.child_by_field_name("condition")
        if parent.child_by_field_name("pattern") == inner:
            return True
    return False


def _partners(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, here: Spot, found: str
) -> Iterator[Change]:
    """The other operand, arm, branch, element or first value is made to fit this one."""
    for span in diagnostic.spans:
        if span.primary or not any(needle in (span.label or "") for needle in _PARTNERS):
            continue
        other = spot(situation, index, span)
        if other is None or other.node == here.node or _in_pattern(other.node):
            continue
        told = _type_in(span) or other.type
        if told is None and other.kind in ("integer_literal", "float_literal"):
            told = other.type
        if told is not None:
            for title, parts, weight in fitted(situation, _value(other), told, types.strip_references(found)
                                               if other.kind == "binary_expression" else found):  # fmt: skip
                yield title, parts, weight * _PARTNER


def _value(here: Spot) -> Spot:
    """The tail of a block, the value of an arm: where the type is decided."""
    node = here.node
    while node.type in ("block", "unsafe_block") and (tail := nodes.tail_of(node)) is not None:
        node = tail
    return here.of(node)


def _type_in(span: Span) -> str | None:
    names = quoted(span.label or "")
    return names[-1] if names and "binding" not in (span.label or "") else None
