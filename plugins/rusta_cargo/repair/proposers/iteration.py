"""What cannot be iterated over, or indexed with what it is indexed with: E0277, E0599.

A number becomes a range, a collection lends its elements, a struct its collection; an index becomes ``usize``, at its
use or where it is declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.declarations import retyped
from rusta_cargo.repair.code.expression import Spot, prefix, smallest, spot, suffix
from rusta_cargo.repair.code.fitting import fitted, place_of
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
    Struct,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_NO_ITERATOR = re.compile(r"`(.+)` is not an iterator")


_INDEXED = re.compile(r"the type `(.+)` cannot be indexed by `(.+)`")


_TEXTUAL = (".chars()", ".lines()", ".bytes()", ".split_whitespace()")


def _loops(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """What a loop or an adapter is given."""
    told, place = _NO_ITERATOR.search(diagnostic.message), diagnostic.primary
    if told is None or place is None:
        return
    kind = told[1]
    if diagnostic.code == "E0277":
        here = spot(situation, index, place)
    else:
        near = smallest(situation, index, place.path, place.start, place.end)
        callee = None if near is None else nodes.enclosing(near.node, "field_expression")
        value = None if callee is None else callee.child_by_field_name("value")
        here = None if near is None or value is None else near.of(value)
    if here is None:
        return
    flat, loop = (
        types.strip_references(kind),
        here.node.parent is not None and here.node.parent.type == "for_expression",
    )
    head = types.head(flat)
    if flat in (*types.INTEGERS, "{integer}"):
        end = here.text if here.strength >= 2 or here.kind == "binary_expression" else f"({here.text})"
        yield f"count up to `{end}`", here.rewritten(f"0..{end}" if loop else f"(0..{end})"), 0.8
        yield (
            f"count up to and with `{end}`",
            here.rewritten(f"0..={end}" if loop else f"(0..={end})"),
            0.25,
        )
        if here.text.endswith(".len()"):
            yield (
                "go over the elements",
                here.rewritten(f"{here.text.removesuffix('.len()')}.iter()"),
                0.3,
            )
            yield (
                "go over the elements",
                here.rewritten(f"&{here.text.removesuffix('.len()')}"),
                0.25,
            )
    elif head in ("str", "String"):
        for rank, method in enumerate(_TEXTUAL):
            yield (
                f"go over its `{method[1:-2]}`",
                here.wrapped(suffix(method)),
                (0.6, 0.2, 0.15, 0.15)[rank],
            )
    elif head in ("Range", "RangeInclusive", "RangeTo", "RangeToInclusive", "RangeFull"):
        if here.text.startswith(".."):
            yield "begin at 0", (edits.insert(here.path, here.node.start_byte, "0"),), 0.8
    elif types.is_function(flat) or flat.startswith("fn("):
        yield "call it", here.wrapped(suffix("()")), 0.7
    elif types.inner(flat, "Option", "Result") is not None:
        inner = types.inner(flat, "Option", "Result") or ""
        for form, weight in conversions(kind, inner, place_of(situation, here))[:3]:
            yield "take the value out", here.wrapped(form), 0.6 * weight
    else:
        sliced = here.kind == "index_expression" and flat.startswith("[")
        if sliced and not loop:
            yield "borrow the slice", here.wrapped(prefix("&")), 0.8
        for method, weight in ((".iter()", 0.6), (".into_iter()", 0.3), (".iter_mut()", 0.15)):
            if head in (
                "Vec",
                "HashMap",
                "HashSet",
                "BTreeMap",
                "VecDeque",
                "BTreeSet",
                "Option",
            ) or flat.startswith("["):
                yield (
                    f"go over its elements with `{method[1:]}`",
                    here.wrapped(suffix(method)),
                    weight,
                )
        if loop and flat.startswith("["):
            yield "borrow it", here.wrapped(prefix("&")), 0.5
    struct = index.struct(flat)
    for field in () if not isinstance(struct, Struct) else struct.fields:
        if types.element(field.type.text) is not None or types.head(field.type.text) in (
            "HashMap",
            "BTreeMap",
        ):
            by = "&" if types.is_reference(kind) or not loop else ""
            yield (
                f"go over its field `{field.name}`",
                here.wrapped(suffix(f".{field.name}.iter()")),
                0.5 if types.is_reference(kind) else 0.4,
            )
            if loop:
                new = f"{by}{here.text.removeprefix('&')}.{field.name}"
                yield (
                    f"go over its field `{field.name}`",
                    here.rewritten(f"&{new}" if here.text.startswith("&") and not by else new),
                    0.45,
                )
    for own in index.methods(flat):
        if own.is_method and not own.parameters and own.returns is not None and "Iter" in own.returns.text:
            yield f"go over its `{own.name}`", here.wrapped(suffix(f".{own.name}()")), 0.6


def _indices(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An index of another type than ``usize``."""
    told, place = _INDEXED.search(diagnostic.message), diagnostic.primary
    if told is None or place is None:
        return
    here = spot(situation, index, place) or smallest(situation, index, place.path, place.start, place.end)
    if here is None:
        return
    base, by = told[1], told[2]
    node = nodes.enclosing(here.node, "index_expression")
    flat = types.strip_references(base)
    ranged = types.inner(by, "Range", "RangeInclusive", "RangeFrom", "RangeTo", "RangeToInclusive")
    if flat in ("str", "String") and node is not None and ranged is None:
        whole, owner = here.of(node), text(node.named_children[0])
        key = here.text if types.same(by, "usize") or by == "{integer}" else f"{here.text} as usize"
        yield "take a character", whole.rewritten(f"{owner}.chars().nth({key}).unwrap()"), 0.6
        yield "take a byte", whole.rewritten(f"{owner}.as_bytes()[{key}]"), 0.35
        if node.parent is not None and node.parent.type == "reference_expression":
            yield (
                "take a piece of the text",
                here.rewritten(f"{key}..{key} + 1" if not here.kind.endswith("literal") else f"{key}..={key}"),
                0.4,
            )
    elif ranged is not None:
        ends = [here.of(part) for part in here.node.named_children] if here.kind == "range_expression" else []
        changes = (
            [change for end in ends if not end.kind.endswith("_literal") for change in end.wrapped(suffix(" as usize"))]
            if ends
            else []
        )
        simple = all(end.strength >= 3 for end in ends)
        parts = [f"{end.text} as usize" if end.strength >= 3 else f"({end.text}) as usize" for end in ends]
        if changes and simple:
            yield "index with `usize`", tuple(changes), 0.75
        elif ends:
            changed = tuple(
                edits.replace_node(here.path, end.node, new)
                for end, new in zip(ends, parts, strict=True)
                if not end.kind.endswith("_literal")
            )
            yield "index with `usize`", changed, 0.7
        for end in ends:
            yield from ((t, r, 0.8 * w) for t, r, w in retyped(end, "usize"))
    else:
        outvoted = _never_cast(situation, here)
        for title, parts_, weight in fitted(situation, here, by, "usize"):
            share = 1.0 if " as usize" not in title else 0.6 if outvoted else 1.25
            yield title, parts_, share * weight
        for title, parts_, weight in retyped(here, "usize"):
            yield (f"for all indices: {title}", parts_, 0.95) if outvoted else (title, parts_, 1.2 * weight)
        if types.head(flat) == "Vec" and node is not None and types.head(by) in ("str", "String"):
            name = here.text.strip('"')
            yield (
                "take the field",
                here.of(node).rewritten(f"{text(node.named_children[0])}.{name}"),
                0.2,
            )
    if types.head(flat) in ("HashMap", "BTreeMap") and node is not None and not types.is_reference(by):
        yield "look up by reference", here.wrapped(prefix("&")), 0.8


def _never_cast(situation: Situation, here: Spot) -> bool:
    """The name indexes several times and is cast nowhere: its declaration is the slip, not all of its uses."""
    name = here.text.rpartition(".")[2]
    told = [d.primary for d in situation.diagnostics if _INDEXED.search(d.message) and d.primary is not None]
    alike = [span for span in told if situation.text(span.path, span.start, span.end) == here.text]
    cast = re.search(rf"\b{re.escape(name)}(?:\)| )*as usize\b".encode(), situation.source(here.path))
    return len(alike) > 1 and cast is None


_READERS: dict[str, tuple[Reader, ...]] = {"E0277": (_loops, _indices), "E0599": (_loops,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for loops and indices."""
    yield from gathered(situation, _READERS, confirmed=0.2)
