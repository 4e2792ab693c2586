"""Elements that do not go into the collection or the sum that is made of them: E0277 about ``collect``,
``sum``, ``product``.

The elements are owned, lent or converted in the chain, or the collection is declared to hold what comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.declarations import written
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.fitting import fitted, place_of
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic


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
    want = kind if told[2] == "made" else (types.element(kind) or {"String": "char"}.get(types.head(kind), ""))
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
    yield from _declared(near, call, want, have, told[2] == "made")
    if types.inner(have, "Option", "Result") is not None and told[2] == "built":
        wrapper = types.head(have)
        yield "drop the failures", _after(source, ".flatten()"), 0.25
        renamed = _last_call(chain, "map")
        if renamed is not None:
            yield (
                "keep what succeeds",
                (edits.replace_node(near.path, renamed, "filter_map" if wrapper == "Option" else "flat_map"),),
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
    return None if value is None or name not in ("filter", "skip", "take", "rev", "chain") else _last_closure(value)


def _last_call(chain: Node, name: str) -> Node | None:
    callee = chain.child_by_field_name("function") if chain.type == "call_expression" else None
    field = None if callee is None else callee.child_by_field_name("field")
    return field if field is not None and text(field) == name else None


def _declared(here: Spot, call: Node, want: str, have: str, made: bool) -> Iterator[Change]:
    """The type that is written for the collection, or for the sum."""
    new = written(have)
    if new is None:
        return
    plain = types.strip_references(new) if made else new
    holders: list[Node] = []
    listed = next(
        iter(nodes.below(call.child_by_field_name("function") or call, "type_arguments", into=("arguments",))),
        None,
    )
    if listed is not None:
        holders.append(listed)
    binder = nodes.enclosing(call, ("let_declaration", "function_item"))
    if binder is not None:
        kind_node = binder.child_by_field_name("type" if binder.type == "let_declaration" else "return_type")
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


_READERS: dict[str, tuple[Reader, ...]] = {"E0277": (_collected,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for what is collected."""
    yield from gathered(situation, _READERS)
