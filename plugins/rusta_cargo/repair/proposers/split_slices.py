"""Two parts of one slice borrowed at once: E0499 and E0502.

``(&mut v[..mid], &mut v[mid..])`` is what ``split_at_mut`` is for; ``v[..2].copy_from_slice(&v[2..])`` copies within one
slice, or from one half to the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.reordering import row
from rusta_cargo.repair.code.usage import free_name
from rusta_cargo.repair.proposers.borrows import first_borrow

_RANGE = re.compile(r"(?P<from>[^.]*?)\.\.(?P<to>[^.=]*)$", re.DOTALL)
_COPIES = ("copy_from_slice", "clone_from_slice")


@dataclass(frozen=True)
class _Part:
    """``place[start..end]`` as an index expression."""

    node: Node
    place: str
    start: str
    end: str


def _split(case: Case) -> Iterator[Answer]:
    first = first_borrow(case)
    if first is None or first.path != case.path:
        return
    one, other = _part(case.seen(first)), _part(case.node)
    if one is None or other is None or one.place != other.place or one.node == other.node:
        return
    order = _ordered(one, other)
    if order is None:
        return
    low, high = order
    yield from _pair(case, low, high)
    yield from _within(case, one, other)
    yield from _halves(case, low, high, first.start)


def _part(node: Node) -> _Part | None:
    index = nodes.enclosing(node, ("index_expression", "block"))
    if index is None or index.type != "index_expression":
        return None
    at = index.named_children[-1]
    found = _RANGE.match(text(at)) if at.type == "range_expression" else None
    if found is None:
        return None
    return _Part(index, text(index.named_children[0]), found["from"].strip(), found["to"].strip())


def _ordered(one: _Part, other: _Part) -> tuple[_Part, _Part] | None:
    """The lower part first; None when they may overlap."""
    for low, high in ((one, other), (other, one)):
        if not low.end or not high.start:
            continue
        plain = low.end.isdecimal() and high.start.isdecimal()
        if low.end == high.start or (plain and int(low.end) <= int(high.start)):
            return low, high
    return None


def _lending(node: Node) -> Node:
    """The ``&mut`` around a part, else the part."""
    holder = node.parent
    return holder if holder is not None and holder.type == "reference_expression" else node


def _pair(case: Case, low: _Part, high: _Part) -> Iterator[Answer]:
    """Both halves as a tuple."""
    pair = _lending(low.node).parent
    if pair is None or pair.type != "tuple_expression" or len(pair.named_children) != 2:
        return
    whole = not low.start and not high.end and low.end == high.start
    if whole and pair.named_children[0] == _lending(low.node) and pair.named_children[1] == _lending(high.node):
        parts = (edits.replace_node(case.path, pair, f"{low.place}.split_at_mut({low.end})"),)
        yield Answer(f"split `{low.place}` with `split_at_mut`", parts, 0.9)


def _within(case: Case, one: _Part, other: _Part) -> Iterator[Answer]:
    """``v[..2].copy_from_slice(&v[3..])`` is ``v.copy_within(3.., 0)``."""
    call = nodes.around(other.node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    if call is None or callee is None or callee.type != "field_expression":
        return
    if callee.child_by_field_name("value") != one.node or text(callee.child_by_field_name("field")) not in _COPIES:
        return
    if text(callee.child_by_field_name("field")) == "copy_from_slice":
        written = f"{one.place}.copy_within({other.start}..{other.end}, {one.start or '0'})"
        yield Answer(f"copy within `{one.place}`", (edits.replace_node(case.path, call, written),), 0.6)


def _halves(case: Case, low: _Part, high: _Part, first: int) -> Iterator[Answer]:
    """The slice is split before the statement, and each part is taken from its half."""
    found = row(case.root, (first, case.place.start))
    if found is None:
        return
    statement = found.statements[min(found.at)]
    scope = case.function or case.root
    left, right = free_name(scope, "left", "head"), free_name(scope, "right", "tail")
    line = f"let ({left}, {right}) = {low.place}.split_at_mut({high.start});"
    parts = [edits.line_before(case.path, case.source, statement.start_byte, line)]
    whole = low.end == high.start
    for part, half, bounds in (
        (low, left, (low.start, "" if whole else low.end)),
        (high, right, ("", _less(high.end, high.start))),
    ):
        plain = not any(bounds)
        lent = _lending(part.node)
        if plain:
            outer = part.node.parent
            called = outer is not None and outer.type in ("field_expression", "index_expression")
            parts.append(edits.replace_node(case.path, part.node if called else lent, half))
        else:
            parts.append(edits.replace_node(case.path, part.node, f"{half}[{bounds[0]}..{bounds[1]}]"))
    yield Answer(f"split `{low.place}` in two", tuple(parts), 0.55)


def _less(end: str, start: str) -> str:
    """``end`` counted from ``start``."""
    if not end:
        return ""
    return str(int(end) - int(start)) if end.isdecimal() and start.isdecimal() else f"{end} - {start}"


propose = answering({"E0499": (_split,), "E0502": (_split,)})
