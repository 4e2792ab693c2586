"""Locals that hold an ``Option`` or ``Result`` where all of their uses want what is in it: E0599, E0609, E0608, E0308; and
such operands of an operator: E0369, E0277, E0600, E0614.

The value was to be taken out where the local is bound: ``let data = find(key)?;``. The compiler offers it at each use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.expression import Spot, smallest, suffix
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.gathering import Change, Found, candidates, merge, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.operator_traits import SIDES
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_KINDS = {
    "E0599": re.compile(r"found for (?:enum|type|union|struct|reference) `&?(?:mut )?(?:std::\w+::)?(Option|Result)<"),
    "E0609": re.compile(r"no field .* on type `&?(?:mut )?(?:std::\w+::)?(Option|Result)<"),
    "E0608": re.compile(r"cannot index into a value of type `&?(?:mut )?(?:std::\w+::)?(Option|Result)<"),
    "E0308": re.compile(r"found `&?(?:mut )?(Option|Result)<|found enum `(?:std::\w+::)?(Option|Result)<"),
}  # fmt: skip
_OPERANDS = re.compile(r"^(Option|Result)<")
_TRIED, _UNWRAPPED, _OTHER = 0.74, 0.55, 0.25
_COMPARED = 0.66


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``?`` or ``unwrap`` where the local is bound."""
    index: ItemIndex | None = None
    found: Found = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code in ("E0369", "E0277", "E0600", "E0614", "E0605") and diagnostic.primary is not None:
            index = index or ItemIndex.of(situation)
            merge(found, _operands(situation, index, diagnostic), [number])
            continue
        if diagnostic.primary is None:
            continue
        if diagnostic.code == "E0308":
            index = index or ItemIndex.of(situation)
            merge(found, _compared(situation, index, diagnostic), [number])
        head = _head(diagnostic)
        if head is None:
            continue
        index = index or ItemIndex.of(situation)
        merge(found, _changes(situation, index, diagnostic, head), [number])
    yield from candidates(situation, found, 0.12)


def _head(diagnostic: Diagnostic) -> str | None:
    pattern = _KINDS.get(diagnostic.code or "")
    if pattern is None:
        return None
    told = [diagnostic.message]
    if diagnostic.code == "E0308":
        told = [span.label or "" for span in diagnostic.spans if span.primary]
    match = next((m for text in told if (m := pattern.search(text))), None)
    return None if match is None else next(group for group in match.groups() if group)


def _changes(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, head: str) -> Iterator[Change]:
    place = diagnostic.primary
    assert place is not None
    here = smallest(situation, index, place.path, place.start, place.end)
    local = None if here is None else _local(here)
    source = None if local is None else origin(local)
    if (
        local is None
        or source is None
        or source.kind not in ("call_expression", "await_expression", "index_expression")
    ):
        return
    if diagnostic.code == "E0308" and not _asked_of(local):
        return
    leaves = place_of(situation, source).leaves
    fits = leaves is not None and types.head(leaves) == head
    shown = f"where `{local.text}` is bound"
    if fits:
        yield f"take the value out with `?` {shown}", source.wrapped(suffix("?")), _TRIED
    weight = _OTHER if fits else _UNWRAPPED
    yield f"take the value out with `unwrap` {shown}", source.wrapped(suffix(".unwrap()")), weight


def _compared(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``if found == wanted`` where ``found`` still holds the layer: the right side is what the compiler marks."""
    told, place = mismatch(diagnostic), diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    holder = None if here is None else here.node.parent
    if told is None or here is None or holder is None or holder.type != "binary_expression":
        return
    left, inner = holder.child_by_field_name("left"), types.arguments(told.expected)
    head = types.head(told.expected)
    if left is None or left == here.node or head not in ("Option", "Result") or not inner:
        return
    if not types.same(inner[0], told.found):
        return
    source = (origin(here.of(left)) if left.type == "identifier" else None) or here.of(left)
    leaves = place_of(situation, source).leaves
    if source.kind in ("call_expression", "await_expression") and leaves is not None and types.head(leaves) == head:
        yield "take the value out with `?` before it is compared", source.wrapped(suffix("?")), _COMPARED


def _operands(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An operand that the labels or the message say is an ``Option`` or ``Result``."""
    for path, start, end, said in (*_labelled(diagnostic), *_told(situation, index, diagnostic)):
        told = _OPERANDS.search(said)
        here = None if told is None else smallest(situation, index, path, start, end)
        source = None if here is None else (origin(here) or here)
        if told is None or here is None or source is None or source.kind not in ("call_expression", "await_expression"):
            continue
        leaves = place_of(situation, source).leaves
        if leaves is not None and types.head(leaves) == told[1]:
            yield "take the value out with `?`", source.wrapped(suffix("?")), _TRIED
        else:
            yield "take the value out with `unwrap`", source.wrapped(suffix(".unwrap()")), _UNWRAPPED


def _labelled(diagnostic: Diagnostic) -> Iterator[tuple[str, int, int, str]]:
    yield from ((span.path, span.start, span.end, span.label or "") for span in diagnostic.spans)


def _told(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[tuple[str, int, int, str]]:
    """The operands with the types that the message gives them; its place is the operator alone."""
    sides = next((m for pattern in SIDES if (m := pattern.search(diagnostic.message))), None)
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    node = None if here is None else nodes.enclosing(here.node, ("binary_expression", "compound_assignment_expr"))
    if sides is None or place is None or node is None:
        return
    for side in ("left", "right"):
        operand = node.child_by_field_name(side)
        if operand is not None:
            yield place.path, operand.start_byte, operand.end_byte, sides[side]


def _local(here: Spot) -> Spot | None:
    """The name at the place, or the receiver of the method or field there."""
    if here.kind == "identifier":
        return here
    if here.kind == "reference_expression":
        lent = here.node.child_by_field_name("value")
        return here.of(lent) if lent is not None and lent.type == "identifier" else None
    holder = nodes.enclosing(here.node, ("field_expression", "index_expression"))
    value = None if holder is None else holder.child_by_field_name("value")
    if value is None and holder is not None and holder.named_children:
        value = holder.named_children[0]
    return here.of(value) if value is not None and value.type == "identifier" else None


def _asked_of(local: Spot) -> bool:
    """The name itself is the value that does not fit, not a pattern."""
    return local.node.parent is not None and not local.node.parent.type.endswith("_pattern")
