"""Loops, collecting and indexing: E0277 about iterators and indices, E0599 where an iterator was meant.

A number becomes a range, a collection lends its elements, a struct its collection; what is collected gets the element
type that comes out of the chain; an index becomes ``usize``, at its use or where it is declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.declarations import retyped, written
from rusta_cargo.repair.code.expression import Spot, prefix, smallest, spot, suffix
from rusta_cargo.repair.code.items import ItemIndex, Struct
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_cargo.repair.proposers.coercions import fitted, place_of
from rusta_schemas.diagnostic import Diagnostic

MOST = 10
CONFIRMED = 0.2
Change = tuple[str, tuple[Replacement, ...], float]
_NO_ITERATOR = re.compile(r"`(.+)` is not an iterator")
_BUILT = re.compile(
    r"a value of type `(.+)` cannot be built (?:from|since).*?(?:over elements of type|from `std::iter::Iterator<Item=) ?`?([^`>]+?(?:>|\))?)`?$"
)
_SUMMED = re.compile(
    r"a value of type `(.+)` cannot be made by (summing|multiplying all elements from).*elements of type `(.+)`|.*`(.+)`$"
)
_INDEXED = re.compile(r"the type `(.+)` cannot be indexed by `(.+)`")
_TEXTUAL = (".chars()", ".lines()", ".bytes()", ".split_whitespace()")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for what cannot be iterated over, collected or indexed."""
    index: ItemIndex | None = None
    found: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in ("E0277", "E0599") or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        changes = [
            change
            for reader in _READERS
            for change in reader(situation, index, diagnostic)
            if change[1]
        ]
        for title, parts, weight in islice(sorted(changes, key=lambda c: -c[2]), MOST):
            known = found.get(parts)
            if known is None:
                found[parts] = (title, weight, [number])
            elif number not in known[2]:
                found[parts] = (known[0], max(weight, known[1]), [*known[2], number])
    for parts, (title, weight, numbers) in found.items():
        prior = max(0.01, min(0.93, weight + CONFIRMED * (len(numbers) - 1)))
        code = situation.diagnostics[numbers[0]].code
        yield Candidate(
            title[:160],
            parts,
            prior,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            cites=(code,) if code else (),
        )


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
        end = (
            here.text
            if here.strength >= 2 or here.kind == "binary_expression"
            else f"({here.text})"
        )
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
    elif head in ("Range", "RangeInclusive") or head == "RangeTo":
        if here.text.startswith(".."):
            yield "begin at 0", (edits.insert(here.path, here.node.start_byte, "0"),), 0.8
    elif types.is_function(flat) or flat.startswith("fn("):
        yield "call it", here.wrapped(suffix("()")), 0.7
    elif types.inner(flat, "Option", "Result") is not None:
        inner = types.inner(flat, "Option", "Result") or ""
        for form, weight in conversions(kind, inner, place_of(situation, here))[:3]:
            yield "take the value out", here.wrapped(form), 0.6 * weight
    else:
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
        if (
            own.is_method
            and not own.parameters
            and own.returns is not None
            and "Iter" in own.returns.text
        ):
            yield f"go over its `{own.name}`", here.wrapped(suffix(f".{own.name}()")), 0.6


def _collected(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """The elements that come out of a chain are not those that go into the collection."""
    told, place = (
        re.search(r"a value of type `(.+?)` cannot be (built|made)", diagnostic.message),
        diagnostic.primary,
    )
    elements = re.search(r"elements of type `(.+)`", diagnostic.message)
    if told is None or elements is None or place is None:
        return
    near = smallest(situation, index, place.path, place.start, place.end)
    call = None if near is None else nodes.enclosing(near.node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    while callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    if near is None or call is None or callee is None or callee.type != "field_expression":
        return
    chain, have = callee.child_by_field_name("value"), elements[1]
    if chain is None:
        return
    kind = told[1]
    want = (
        kind
        if told[2] == "made"
        else (types.element(kind) or {"String": "char"}.get(types.head(kind), ""))
    )
    source = near.of(chain)
    if types.is_reference(have) and want and types.same(types.referent(have), want):
        copied = place_of(situation, near).is_copy(want)
        layout = _layout(situation, near, callee)
        yield "own the elements", _after(source, f"{layout}.copied()"), 0.7 if copied else 0.05
        yield "own the elements", _after(source, f"{layout}.cloned()"), 0.55 if copied else 0.7
        for node in nodes.below(chain, "field_expression"):
            field = node.child_by_field_name("field")
            if field is not None and text(field) == "iter":
                yield (
                    "give the elements away",
                    (edits.replace_node(near.path, field, "into_iter"),),
                    0.5,
                )
    elif types.is_reference(want) and types.same(types.referent(want), have):
        for node in nodes.below(chain, "field_expression"):
            field = node.child_by_field_name("field")
            if field is not None and text(field) in ("into_iter", "drain"):
                yield "lend the elements", (edits.replace_node(near.path, field, "iter"),), 0.6
    if want:
        sample = "x"
        for form, weight in conversions(have, want, place_of(situation, near))[:3]:
            if form.text is None:
                yield (
                    "convert the elements",
                    _after(source, f".map(|{sample}| {form.put(sample)})"),
                    0.45 * weight,
                )
        body = _last_closure(chain)
        if body is not None:
            value = near.of(body)
            while value.kind == "block" and (tail := nodes.tail_of(value.node)) is not None:
                value = near.of(tail)
            for title, parts, weight in fitted(situation, value, have, want):
                yield title, parts, 0.85 * weight
    yield from _declared(near, call, kind, want, have, told[2] == "made")
    if types.inner(have, "Option", "Result") is not None and told[2] == "built":
        wrapper = types.head(have)
        yield "drop the failures", _after(source, ".flatten()"), 0.25
        renamed = _last_call(chain, "map")
        if renamed is not None:
            yield (
                "keep what succeeds",
                (
                    edits.replace_node(
                        near.path, renamed, "filter_map" if wrapper == "Option" else "flat_map"
                    ),
                ),
                0.5,
            )
        inner = types.inner(have, "Option", "Result") or ""
        if types.same(inner, want):
            leaves = place_of(situation, near).leaves
            if leaves is not None and types.head(leaves) == wrapper:
                outer = types.split_generic(kind)[0]
                args = "_, _" if wrapper == "Result" else "_"
                yield (
                    "collect or fail",
                    (
                        edits.replace(
                            near.path,
                            callee.end_byte,
                            call.end_byte,
                            f"::<{wrapper}<{outer}<_>{', _' if args != '_' else ''}>>()?",
                        ),
                    ),
                    0.6,
                )


def _layout(situation: Situation, here: Spot, callee: Node) -> str:
    """The line break in front of a chained call, when the chain is written so."""
    value, field = callee.child_by_field_name("value"), callee.child_by_field_name("field")
    if value is None or field is None:
        return ""
    between = situation.text(here.path, value.end_byte, field.start_byte)
    return between.rpartition(".")[0] if "\n" in between else ""


def _after(here: Spot, added: str) -> tuple[Replacement, ...]:
    return (edits.insert(here.path, here.node.end_byte, added),)


def _last_closure(chain: Node) -> Node | None:
    """The body of the closure that made the elements."""
    if chain.type != "call_expression":
        return None
    callee, listed = chain.child_by_field_name("function"), chain.child_by_field_name("arguments")
    name = "" if callee is None else text(callee.child_by_field_name("field"))
    if listed is not None and name in ("map", "flat_map", "filter_map", "then"):
        closure = nodes.child(listed, "closure_expression")
        return None if closure is None else closure.child_by_field_name("body")
    value = None if callee is None else callee.child_by_field_name("value")
    return (
        None
        if value is None or name not in ("filter", "skip", "take", "rev", "chain")
        else _last_closure(value)
    )


def _last_call(chain: Node, name: str) -> Node | None:
    callee = chain.child_by_field_name("function") if chain.type == "call_expression" else None
    field = None if callee is None else callee.child_by_field_name("field")
    return field if field is not None and text(field) == name else None


def _declared(
    here: Spot, call: Node, kind: str, want: str, have: str, made: bool
) -> Iterator[Change]:
    """The type that is written for the collection, or for the sum."""
    new = written(have)
    if new is None:
        return
    plain = types.strip_references(new) if made else new
    holders: list[Node] = []
    listed = next(
        iter(
            nodes.below(
                call.child_by_field_name("function") or call, "type_arguments", into=("arguments",)
            )
        ),
        None,
    )
    if listed is not None:
        holders.append(listed)
    binder = nodes.enclosing(call, ("let_declaration", "function_item"))
    if binder is not None:
        kind_node = binder.child_by_field_name(
            "type" if binder.type == "let_declaration" else "return_type"
        )
        if kind_node is not None:
            holders.append(kind_node)
    for holder in holders:
        old = text(holder)
        at = old.find(want) if want else -1
        if want and old.count(want) == 1:
            yield (
                f"collect `{plain}`",
                (
                    edits.replace(
                        here.path,
                        holder.start_byte + at,
                        holder.start_byte + at + len(want.encode()),
                        plain,
                    ),
                ),
                0.3,
            )


def _indices(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An index of another type than ``usize``."""
    told, place = _INDEXED.search(diagnostic.message), diagnostic.primary
    if told is None or place is None:
        return
    here = spot(situation, index, place) or smallest(
        situation, index, place.path, place.start, place.end
    )
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
                here.rewritten(
                    f"{key}..{key} + 1" if not here.kind.endswith("literal") else f"{key}..={key}"
                ),
                0.4,
            )
    elif ranged is not None:
        ends = (
            [here.of(part) for part in here.node.named_children]
            if here.kind == "range_expression"
            else []
        )
        changes = (
            [
                change
                for end in ends
                if not end.kind.endswith("_literal")
                for change in end.wrapped(suffix(" as usize"))
            ]
            if ends
            else []
        )
        simple = all(end.strength >= 3 for end in ends)
        parts = [
            f"{end.text} as usize" if end.strength >= 3 else f"({end.text}) as usize"
            for end in ends
        ]
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
        for title, parts_, weight in fitted(situation, here, by, "usize"):
            yield title, parts_, (1.25 if " as usize" in title else 1.0) * weight
        for title, parts_, weight in retyped(here, "usize"):
            yield title, parts_, 1.2 * weight
        if types.head(flat) == "Vec" and node is not None and types.head(by) in ("str", "String"):
            name = here.text.strip('"')
            yield (
                "take the field",
                here.of(node).rewritten(f"{text(node.named_children[0])}.{name}"),
                0.2,
            )
    if (
        types.head(flat) in ("HashMap", "BTreeMap")
        and node is not None
        and not types.is_reference(by)
    ):
        yield "look up by reference", here.wrapped(prefix("&")), 0.8


_Reader = Callable[[Situation, ItemIndex, Diagnostic], Iterator[Change]]
_READERS: tuple[_Reader, ...] = (_loops, _collected, _indices)
