"""Methods that a type does not have: E0599 at ``value.name(…)``.

The name is one of the type's that is spelt or called otherwise; or belongs to what the value holds, to a trait, to the
module as a free function; or is missing and follows from its use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.held import from_iterators, inside_of
from rusta_cargo.repair.code.items import (
    Function,
    ItemIndex,
    Trait,
)
from rusta_cargo.repair.code.members import TOLD, has_method, invented, type_of
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.code.std_methods import methods_of, synonyms
from rusta_cargo.repair.code.undoing import undoable
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic


def _methods(situation: Situation, here: Spot, field: Node, name: str, kind: str) -> Iterator[Change]:
    """``value.name(…)`` where values of ``kind`` have no such method."""
    value, word = field.child_by_field_name("value"), field.child_by_field_name("field")
    if value is None or word is None:
        return
    index, owner, call = here.index, here.of(value), field.parent
    called = call is not None and call.type == "call_expression" and call.child_by_field_name("function") == field
    given = call.child_by_field_name("arguments") if called and call is not None else None
    count = 0 if given is None else len(edits.elements_of(given))
    own = index.methods(kind)
    fitting = {m.name for m in own if m.is_method and len(m.parameters) == count}
    names = [m.name for m in own if m.is_method]
    for score, other in rank(name, dict.fromkeys([*names, *methods_of(kind)]), 0.55):
        bonus = 0.1 if other in fitting else 0.0
        yield f"call `{other}`", here.of(word).rewritten(other), min(0.9, 0.85 * score + bonus)
    behind = types.strip_references(kind)
    while (held := types.inner(behind, "Arc", "Rc", "Box")) is not None:
        behind = held
    reached = (*methods_of(kind), *methods_of(behind), *names)
    for place, other in enumerate(other for other in synonyms(name) if other in reached):
        yield f"call `{other}`", here.of(word).rewritten(other), 0.6 / (1 + place)
    if name in ("is_not_empty", "not_empty") and call is not None:
        yield (
            "ask whether it is not empty",
            here.of(call).rewritten(f"!{owner.text}.is_empty()"),
            0.7,
        )
    struct = index.struct(kind)
    if struct is not None and call is not None and called:
        for score, other in rank(name, [f.name for f in struct.fields], 0.6):
            yield (
                f"take the field `{other}`",
                here.of(call).rewritten(f"{owner.text}.{other}"),
                0.35 * score,
            )
        if struct.field(name) is not None:
            if count == 0:
                yield (
                    f"take the field `{name}`",
                    here.of(call).rewritten(f"{owner.text}.{name}"),
                    0.75,
                )
            else:
                yield (
                    f"call what the field `{name}` holds",
                    edits.wrap(here.path, field.start_byte, field.end_byte, "(", ")"),
                    0.6,
                )
    yield from inside_of(situation, owner, name, kind)
    yield from from_iterators(owner, name, kind)
    for part, weight in undoable(value):
        if has_method(index, owner.types.of(part) or "", name):
            yield f"ask it of `{text(part)[:30]}`", owner.rewritten(text(part)), 0.75 * weight
    yield from _free(here, call if called else None, owner, name, kind)
    yield from _by_trait(here, name, kind)
    associated = next((m for m in own if m.name == name and not m.is_method), None)
    if associated is not None and call is not None and given is not None:
        path = types.split_generic(types.strip_references(kind))[0]
        inner = text(given)[1:-1].strip()
        takes = len(associated.parameters)
        arguments = inner if takes == count else ", ".join(part for part in (owner.text, inner) if part)
        yield f"call `{path}::{name}`", here.of(call).rewritten(f"{path}::{name}({arguments})"), 0.7
        receiver = edits.insert(
            associated.path,
            associated.parameters_span.start + 1,
            "&self" + (", " if associated.parameters else ""),
        )
        if takes == count:
            yield f"make `{name}` a method", (receiver,), 0.5
    if called and call is not None:
        yield from invented(situation, here, call, name, kind)


def _free(here: Spot, call: Node | None, owner: Spot, name: str, kind: str) -> Iterator[Change]:
    """A free function of that name takes the value as its first argument."""
    for function in here.index.functions(name)[:1] if call is not None else ():
        given = call.child_by_field_name("arguments") if call is not None else None
        inner = "" if given is None else text(given)[1:-1].strip()
        if call is None or not function.parameters:
            continue
        first = types.tidy(function.parameters[0].type.text)
        sign = (
            ""
            if not types.is_reference(first) or types.is_reference(kind)
            else "&mut "
            if types.is_mutable_reference(first)
            else "&"
        )
        arguments = ", ".join(part for part in (f"{sign}{owner.text}", inner) if part)
        yield f"call the function `{name}`", here.of(call).rewritten(f"{name}({arguments})"), 0.65


def _by_trait(here: Spot, name: str, kind: str) -> Iterator[Change]:
    """A trait of the tree has the method: the type parameter is bound by it."""
    flat = types.strip_references(kind)
    for trait in here.index.of_kind(Trait):
        if not any(isinstance(item, Function) and item.name == name for item in trait.items):
            continue
        item = here.index.at(here.path, here.node.start_byte)
        while item is not None:
            if any(generic.name == flat and generic.kind == "type" for generic in item.generics):
                added = edits.add_bound(item, flat, trait.name)
                if added is not None:
                    yield f"require `{trait.name}` of `{flat}`", (added,), 0.7
                break
            item = item.parent


def _called(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``value.name(…)``."""
    told, place = TOLD.search(diagnostic.message), diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    field = None if here is None else nodes.enclosing(here.node, "field_expression")
    if told is not None and here is not None and field is not None:
        yield from _methods(situation, here, field, told["name"], type_of(told["kind"]))


def _hidden(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A private method of std where that of what the value holds was meant (E0624): ``option.len()``."""
    told, place = re.search(r"method `(\w+)` is private", diagnostic.message), diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    field = None if here is None else nodes.enclosing(here.node, "field_expression")
    value = None if field is None else field.child_by_field_name("value")
    if told is None or here is None or value is None:
        return
    owner = here.of(value)
    kind = owner.type
    if kind is not None and index.type_named(kind) is None:
        yield from inside_of(situation, owner, told[1], kind)


def _compared(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``cmp`` of real numbers, which the compiler takes for that of iterators."""
    told, place = (
        re.search(
            r"^(?:the method `\w+` exists for \D*?)?`&*(f32|f64)`(?: is not an iterator|, but)", diagnostic.message
        ),
        diagnostic.primary,
    )
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    call = None if here is None else nodes.enclosing(here.node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    word = None if callee is None else callee.child_by_field_name("field")
    if told is None or here is None or call is None or word is None or text(word) not in ("cmp", "min", "max"):
        return
    if text(word) == "cmp":
        renamed = edits.replace_node(here.path, word, "partial_cmp")
        unwrapped = edits.insert(here.path, call.end_byte, ".unwrap()")
        yield "compare with `partial_cmp`", (renamed, unwrapped), 0.75
        yield "compare with `total_cmp`", (edits.replace_node(here.path, word, "total_cmp"),), 0.6


_READERS: dict[str, tuple[Reader, ...]] = {"E0599": (_called, _compared), "E0624": (_hidden,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for methods that a type does not have."""
    yield from gathered(situation, _READERS)
