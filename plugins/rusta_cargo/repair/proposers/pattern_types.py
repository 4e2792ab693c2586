"""Patterns of another type than what they are matched with: E0308, E0023 and E0029 inside a pattern.

The pattern is written for the type of the value (``Some`` for ``Ok``, ``'a'`` for ``"a"``, the other enum's name, ``&``
on or off), or the value is lent in the form that the pattern asks for (``.as_str()``, ``*``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions, form_of
from rusta_cargo.repair.code.expression import Spot, smallest, spot
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.gathering import merge, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import mismatch, mismatch_in
from rusta_cargo.repair.code.literals import literal_of, rewritten
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0308", "E0029", "E0277", "E0529", "E0527")
MOST = 8
ALIKE = 0.4
# The variants of Option and Result, for the other of the two.
_OTHER = {"Option": {"Ok": "Some", "Err": "None"}, "Result": {"Some": "Ok", "None": "Err(_)"}}
_HOLDERS = {"match_arm": "match_expression", "let_condition": "let_condition", "let_declaration": "let_declaration",
            "for_expression": "for_expression"}  # fmt: skip

Change = tuple[str, tuple[Replacement, ...], float]


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for patterns that do not fit their value."""
    index: ItemIndex | None = None
    offered: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in CODES or place is None:
            continue
        index = index or ItemIndex.of(situation)
        here = smallest(situation, index, place.path, place.start, place.end)
        if here is None or (holder := _holder(here.node)) is None:
            continue
        here = spot(situation, index, place) or here
        found = sorted(_changes(situation, here, holder, diagnostic), key=lambda change: -change[2])
        merge(offered, islice(found, MOST), [number])
    # Patterns that all fail for one value have it in common: the value is the likelier the more of them there are.
    for parts, (title, prior, numbers) in offered.items():
        doubt = (1.0 - prior) * ALIKE ** (len(numbers) - 1)
        code = situation.diagnostics[numbers[0]].code
        yield Candidate(
            title,
            parts,
            max(0.01, min(0.95, 1.0 - doubt)),
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            cites=() if code is None else (code,),
        )


def _holder(node: Node) -> Node | None:
    """The ``match`` arm, ``let`` or loop whose pattern ``node`` lies in."""
    for inner in nodes.ancestors(node):
        parent = inner.parent
        if parent is None or parent.type in ("block", "arguments"):
            return None
        if parent.type in _HOLDERS and parent.child_by_field_name("pattern") == inner:
            condition = inner.child_by_field_name("condition") if inner.type == "match_pattern" else None
            inside = condition is not None and condition.start_byte <= node.start_byte
            return None if inside else parent
    return None


def _changes(situation: Situation, here: Spot, holder: Node, diagnostic: Diagnostic) -> Iterator[Change]:
    if diagnostic.code == "E0029":
        yield from _range(here, holder)
        return
    pair = mismatch(diagnostic)
    near = mismatch_in((diagnostic.primary.label or "") if diagnostic.primary else "")
    pair = pair or near
    if pair is None:
        return
    want, have = pair.expected, pair.found
    yield from _variants(here, holder, want)
    yield from _written_anew(here, want, have)
    yield from _scrutinee(situation, here, holder, want, have)
    yield from _layers(here, want, have)


def _variants(here: Spot, holder: Node, want: str) -> Iterator[Change]:
    """Names of variants of another enum; in all arms of the match at once when they share the fault."""
    table = _OTHER.get(types.head(want))
    arms = [holder]
    body = holder.parent
    if holder.type == "match_arm" and body is not None:
        arms = nodes.children(body, "match_arm")
    goal = here.index.type_named(want)
    names = {variant.name for variant in getattr(goal, "variants", ())}
    changes: list[Replacement] = []
    for arm in arms:
        pattern = arm.child_by_field_name("pattern")
        for name in [] if pattern is None else list(nodes.below(pattern, ("identifier", "scoped_identifier"))):
            if name.parent is not None and name.parent.type == "scoped_identifier":
                continue
            new = None
            if table is not None and text(name) in table:
                new = table[text(name)]
                if new == "None" and name.parent is not None and name.parent.type == "tuple_struct_pattern":
                    changes.append(edits.replace_node(here.path, name.parent, new))
                    continue
            elif name.type == "scoped_identifier" and goal is not None:
                owner, _, last = text(name).rpartition("::")
                if last in names and owner.rpartition("::")[2] != goal.name:
                    new = f"{goal.name}::{last}"
                    shape = next((v.shape for v in getattr(goal, "variants", ()) if v.name == last), "")
                    whole = name.parent
                    if shape == "unit" and whole is not None and whole.type == "tuple_struct_pattern":
                        changes.append(edits.replace_node(here.path, whole, new))
                        continue
            if new is not None:
                changes.append(edits.replace_node(here.path, name, new))
    if changes:
        mine = [c for c in changes if c.start >= here.node.start_byte and c.end <= here.node.end_byte]
        yield f"match the variants of `{types.head(want)}`", tuple(changes), 0.7
        failed = [c.model_copy(update={"text": "Err"}) for c in mine if c.text == "Ok"]
        if failed and len(mine) == 1:
            yield "match the failure", tuple(failed), 0.4
        if mine and len(mine) < len(changes):
            yield f"match a variant of `{types.head(want)}`", tuple(mine), 0.3


def _written_anew(here: Spot, want: str, have: str) -> Iterator[Change]:
    literal = literal_of(here.node)
    if literal is not None:
        for new, weight in rewritten(literal, "&str" if want in ("&str", "str") else types.strip_references(want)):
            yield f"match `{new}`", (edits.replace_node(here.path, literal, new),), 0.8 * weight
    if here.kind == "reference_pattern" and here.node.named_children:
        inner = here.node.named_children[-1]
        yield "match the value itself, not a reference", here.rewritten(text(inner)), 0.6
    elif types.is_reference(want) and types.same(types.referent(want), have) and here.kind != "identifier":
        sign = "&mut " if types.is_mutable_reference(want) else "&"
        held = f"({here.text})" if here.kind in ("or_pattern", "range_pattern") else here.text
        yield "match behind the reference", here.rewritten(f"{sign}{held}"), 0.55
    mine, theirs = types.tuple_parts(have), types.tuple_parts(want)
    if here.kind == "tuple_pattern" and mine is not None and theirs is not None and len(mine) != len(theirs):
        spans = edits.elements_of(here.node)
        source = here.text.encode()
        parts = [source[a - here.node.start_byte : b - here.node.start_byte].decode() for a, b in spans]
        if len(theirs) > len(mine):
            yield (
                "ignore the other members",
                here.rewritten(f"({', '.join([*parts, *['_'] * (len(theirs) - len(mine))])})"),
                0.4,
            )
            yield "ignore the rest", here.rewritten(f"({', '.join([*parts, '..'])})"), 0.3
        else:
            yield (
                "match as many members as there are",
                here.rewritten(f"({', '.join(parts[: len(theirs)])})"),
                0.35,
            )


def _scrutinee(situation: Situation, here: Spot, holder: Node, want: str, have: str) -> Iterator[Change]:
    """The value is lent in another form. ``want`` is its type."""
    owner = nodes.around(holder, "match_expression") if holder.type == "match_arm" else holder
    value = None if owner is None else owner.child_by_field_name("value")
    if value is None:
        return
    pattern = holder.child_by_field_name("pattern")
    inner = (
        pattern.named_children[0]
        if pattern is not None and pattern.type == "match_pattern" and pattern.named_children
        else pattern
    )
    whole = inner is not None and (inner == here.node or (inner.type == "or_pattern" and here.node.parent == inner))
    place = here.of(value)
    if whole:
        for form, weight in conversions(want, have, place_of(situation, place))[:5]:
            written = form_of(".as_str()") if (types.head(want), have) == ("String", "&str") else form
            yield (
                f"match on `{written.put(text(value)[:40], place.strength)}`",
                place.wrapped(written),
                0.75 * weight,
            )
        if types.head(have) == "Option" and types.head(want) != "Option":
            return
    elif have == "&str" and types.head(want) == "String":
        yield "match on the borrowed text", place.wrapped(form_of(".as_deref()")), 0.7
    elif (
        types.is_reference(want) and types.same(types.referent(want), have) and place.type is not None
    ) and types.head(place.type) == "Option":
        yield "match on the copied value", place.wrapped(form_of(".copied()")), 0.35


def _layers(here: Spot, want: str, have: str) -> Iterator[Change]:
    """``Some(x)`` where there is no layer, or a name where there is one."""
    node = here.node
    if (
        node.type == "tuple_struct_pattern"
        and types.head(have) in ("Option", "Result")
        and types.head(want) != types.head(have)
    ):
        inner = node.named_children[1:]
        if len(inner) == 1 and types.head(want) not in ("Option", "Result"):
            yield "match the value itself", here.rewritten(text(inner[0])), 0.3
    wrapped = types.inner(want, "Option")
    if wrapped is not None and literal_of(node) is not None:
        yield "match the value inside `Some`", here.rewritten(f"Some({here.text})"), 0.7
    result = types.inner(want, "Result")
    if result is not None and literal_of(node) is not None:
        yield "match the value inside `Ok`", here.rewritten(f"Ok({here.text})"), 0.7
    if (wrapped or result) is not None and node.type in (
        "scoped_identifier",
        "tuple_struct_pattern",
        "struct_pattern",
        "identifier",
    ):
        kind = wrapped or result or ""
        if types.same(kind, have):
            yield (
                "match the value inside",
                here.rewritten(f"{'Some' if wrapped else 'Ok'}({here.text})"),
                0.65,
            )


def _range(here: Spot, holder: Node) -> Iterator[Change]:
    """A range of values that are compared at run time becomes a guard."""
    ranged = nodes.enclosing(here.node, "range_pattern")
    pattern = holder.child_by_field_name("pattern")
    if (
        ranged is None
        or pattern is None
        or holder.type != "match_arm"
        or pattern.child_by_field_name("condition") is not None
    ):
        return
    ends, operator = ranged.named_children, nodes.child(ranged, ("..=", "..", "..."))
    if len(ends) == 2 and operator is not None:
        upper = "<" if operator.type == ".." else "<="
        guard = f"s if s >= {text(ends[0])} && s {upper} {text(ends[1])}"
        yield "compare in a guard", (edits.replace_node(here.path, ranged, guard),), 0.7
