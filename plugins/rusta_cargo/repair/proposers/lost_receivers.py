"""Calls and fields that lost the ``self.`` or ``Self::`` in front of them: E0425; methods that lost ``self``: E0424.

The compiler offers it for what the type has itself; here it is offered for the methods that come from a trait or a bound
as well, with the probability that a free function of that name was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.nodes import node_at
from rusta_cargo.repair.code.std_methods import has_method
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Span

_OWN, _STD, _ANY, _SURE = 0.85, 0.7, 0.35, 0.98


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The receiver put back."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code == "E0424" and place is not None:
            index = index or ItemIndex.of(situation)
            yield from _parameter(index, number, place)
            continue
        if diagnostic.code != "E0425" or place is None or place.macro is not None:
            continue
        if "cannot find function" not in diagnostic.message:
            continue
        index = index or ItemIndex.of(situation)
        item = index.at(place.path, place.start)
        while item is not None and not (isinstance(item, Function) and item.owner is not None):
            item = item.parent
        name = situation.text(place.path, place.start, place.end)
        if not isinstance(item, Function) or not name.isidentifier() or place.path not in index.files:
            continue
        node = node_at(situation.syntax(place.path), place.start, place.end)
        if node.parent is None or node.parent.type != "call_expression":
            continue
        mine = index.named(name, Function)
        methods = any(function.is_method for function in mine)
        if item.receiver is not None:
            prior = _OWN if methods else _STD if has_method(name) else _ANY
            yield Candidate(
                f"call `{name}` on `self`",
                (edits.insert(place.path, place.start, "self."),),
                prior,
                diagnostic=number,
                cites=("E0425",),
            )
        if mine and any(function.owner is not None and not function.is_method for function in mine):
            yield Candidate(
                f"call `Self::{name}`",
                (edits.insert(place.path, place.start, "Self::"),),
                _OWN,
                diagnostic=number,
                cites=("E0425",),
            )


def _parameter(index: ItemIndex, number: int, place: Span) -> Iterator[Candidate]:
    """A method that gives back a mutable borrow without taking anything it could be of has lost its ``&mut self``."""
    item = index.at(place.path, place.start)
    if not isinstance(item, Function) or item.owner is None or item.receiver is not None or item.returns is None:
        return
    lent = any(parameter.type.text.startswith("&") for parameter in item.parameters)
    if item.returns.text.startswith("&mut ") and not lent:
        gap = ", " if item.parameters else ""
        put = edits.insert(item.path, item.parameters_span.start + 1, f"&mut self{gap}")
        yield Candidate(f"let `{item.name}` take `&mut self`", (put,), _SURE, diagnostic=number, cites=("E0424",))
