"""Casts that ``as`` cannot make: E0604, E0605, E0606, E0607, E0620.

The conversion is written that there is between the two types, or the cast goes by way of a third.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.expression import spot, suffix
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    Enum,
    ItemIndex,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic


def _cast(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A cast that ``as`` cannot make (E0604 to E0607, E0605)."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if here is None or here.kind != "type_cast_expression":
        return
    value, kind = here.node.child_by_field_name("value"), here.node.child_by_field_name("type")
    if value is None or kind is None:
        return
    operand = here.of(value)
    quoted = re.findall(r"`([^`]+)`", diagnostic.message)
    have = quoted[0] if len(quoted) > 1 else operand.type or ""
    want = quoted[1] if len(quoted) > 1 else text(kind)
    if diagnostic.code == "E0604":
        have, want = have if have in types.NUMBERS else operand.type or "u32", "char"
        yield "go by way of a byte", (edits.insert(here.path, value.end_byte, " as u8"),), 0.5
    for form, weight in conversions(have, want, place_of(situation, operand)):
        if not form.after.startswith(" as ") or form.after != f" as {want}" or form.before:
            demand = here.demand
            new = form.put(operand.text, operand.strength)
            yield (
                f"write `{new[:50]}`",
                here.rewritten(f"({new})" if form.gives < demand else new),
                0.9 * weight,
            )
    goal, plain = types.head(want), types.split_generic(want)[0]
    if types.is_reference(have) and want in types.NUMBERS:
        yield (
            "follow the reference first",
            (edits.insert(here.path, value.start_byte, "*" * have.count("&")),),
            0.7,
        )
    if types.inner(have, "Option", "Result") is not None:
        source = origin(operand)
        forms = conversions(have, types.inner(have, "Option", "Result") or "", place_of(situation, operand))[:3]
        for form, weight in forms:
            # A name says what it was meant to hold: the value is taken out where it is bound.
            yield "take the value out first", operand.wrapped(form), (0.7 if source is None else 0.5) * weight
            if source is not None:
                yield "take the value out where it is bound", source.wrapped(form), 0.9 * weight
    if (types.strip_references(have) in (*types.FLOATS, "bool") and want == "char") or (
        have in types.FLOATS and want.startswith("*")
    ):
        yield (
            "go by way of a whole number",
            (edits.insert(here.path, value.end_byte, " as u8"),),
            0.4,
        )
    if types.strip_references(want) != want and types.same(types.strip_references(have), types.strip_references(want)):
        yield "leave the cast away", here.rewritten(operand.text), 0.3
    item = index.type_named(want)
    if isinstance(item, Enum) and have in types.INTEGERS:
        pass
    source_item = index.type_named(have)
    if isinstance(source_item, Enum) and want in types.NUMBERS and any(v.shape != "unit" for v in source_item.variants):
        pass
    element = re.fullmatch(r"\*(const|mut) \[(.+)\]", want)
    if diagnostic.code == "E0607" and element is not None:
        maker = "slice_from_raw_parts" if element[1] == "const" else "slice_from_raw_parts_mut"
        yield (
            "cast to a thin pointer",
            (edits.replace_node(here.path, kind, f"*{element[1]} {element[2]}"),),
            0.4,
        )
        yield (
            "make a pointer to a slice of one",
            here.rewritten(f"std::ptr::{maker}({operand.text}, 1)"),
            0.3,
        )
    if goal == "Vec" and types.arguments(want) and types.same(types.arguments(want)[0], have):
        yield "make a vector of it", here.rewritten(f"vec![{operand.text}]"), 0.45
    if want[:1].isupper():
        yield f"convert with `{plain}::from`", here.rewritten(f"{plain}::from({operand.text})"), 0.3
        yield (
            "convert with `into`",
            here.rewritten(suffix(".into()").put(operand.text, operand.strength)),
            0.12,
        )


_READERS: dict[str, tuple[Reader, ...]] = dict.fromkeys(("E0604", "E0605", "E0606", "E0607", "E0620"), (_cast,))


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for casts."""
    yield from gathered(situation, _READERS)
