"""Every way to make the value at one place fit a type: conversions, undone conversions, other names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.conversion import Place, conversions
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.gathering import Change
from rusta_cargo.repair.code.literals import KINDS
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.undoing import undone
from rusta_cargo.repair.proposer import Situation

# A layer that is put on is right more often than other conversions, so it is a kind of its own.
_MAKER = re.compile(r"(\w+::new)\(")


def place_of(situation: Situation, here: Spot) -> Place:
    """The surroundings that conversions ask for."""
    around = nodes.callable_of(here.node)
    returned = None if around is None else around.child_by_field_name("return_type")
    leaves = None if returned is None else here.types.spelled(text(returned), here.node)
    if returned is None and around is not None and around.type == "closure_expression":
        leaves = _closure_leaves(around)
    return Place(situation.source(here.path), here.index, here.node, leaves)


def _closure_leaves(closure: Node) -> str | None:
    """What a closure gives when its last value says so: ``Ok(…)``, ``Some(…)``."""
    body = closure.child_by_field_name("body")
    last = body if body is None or body.type != "block" else nodes.tail_of(body)
    name = text(last.child_by_field_name("function")) if last is not None and last.type == "call_expression" else ""
    return {"Ok": "Result<_, _>", "Err": "Result<_, _>", "Some": "Option<_>"}.get(name)


def fitted(situation: Situation, here: Spot, have: str, want: str) -> Iterator[Change]:
    """Every way to make ``here`` a ``want``."""
    place = place_of(situation, here)
    shown = here.text if len(here.text) < 40 and "\n" not in here.text else "the value"
    literal = here.node if here.node.type in KINDS else None
    for new, weight in undone(here, have, want, place):
        if ".as_deref" in new and ".as_deref" not in here.text:
            yield "lend what it points at", here.rewritten(new), weight
        elif new != here.text:
            what = f"`{shown}`" if literal is None else f"the literal `{shown}`"
            yield f"write `{short(new)}` for {what}", here.rewritten(new), weight
    if not types.same(have, want) or types.is_reference(have) != types.is_reference(want):
        for form, weight in conversions(have, want, place):
            sample = form.put(shown if shown != "the value" else "…", here.strength)
            maker = _MAKER.fullmatch(form.before)
            title = f"write `{short(sample)}`" if maker is None else f"wrap it with `{maker[1]}`"
            yield title, here.wrapped(form), weight
    yield from _other_names(here, want)


def short(written: str) -> str:
    flat = " ".join(written.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}…"


def _other_names(here: Spot, want: str) -> Iterator[Change]:
    """Another local or field of the type that was asked for, when the names are alike."""
    if here.kind == "identifier":
        for binding, kind in here.types.visible(here.node.start_byte):
            if kind is None or binding.name == here.text or not types.same(kind, want) or kind == "{integer}":
                continue
            weight = 0.12 + 0.25 * likeness(here.text, binding.name)
            yield (
                f"use `{binding.name}` instead of `{here.text}`",
                here.rewritten(binding.name),
                weight,
            )
    elif here.kind == "field_expression":
        name = here.node.child_by_field_name("field")
        owner = here.types.of(here.node.child_by_field_name("value"))
        struct = None if owner is None else here.index.struct(owner)
        for field in () if struct is None or name is None else struct.fields:
            if field.name != text(name) and types.same(field.type.text, want):
                weight = 0.1 + 0.25 * likeness(text(name), field.name)
                if name is not None:
                    yield (
                        f"use the field `{field.name}`",
                        here.of(name).rewritten(field.name),
                        weight,
                    )
