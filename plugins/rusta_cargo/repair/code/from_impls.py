"""``impl From<Payload> for Error``: how an enum of errors takes in one of its variants' payloads, for ``?``."""

from __future__ import annotations

import re

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.items import Enum, Function, Impl, ItemIndex, Variant
from rusta_cargo.repair.proposer import Replacement, Situation


def conversion(situation: Situation, index: ItemIndex, goal: Enum, variant: Variant) -> Replacement:
    """The impl that makes a ``goal`` of what ``variant`` holds, after the model of its siblings and behind them."""
    payload = variant.fields[0].type.text
    siblings = [impl for impl in index.impls_of(goal.name, "From") if impl.path == goal.path]
    before = siblings[-1] if siblings else goal
    body = (
        f"\nimpl{_header(goal, payload)} {{\n"
        f"    fn from({_parameter(siblings)}: {payload}) -> Self {{\n"
        f"        {goal.name}::{variant.name}({_parameter(siblings)})\n    }}\n}}"
    )
    return edits.line_after(goal.path, situation.source(goal.path), before.start, before.end, body)


def _header(goal: Enum, payload: str) -> str:
    """`` From<T> for Goal`` with the parameters of the enum, those that the payload does not name left open."""
    names = [generic.name for generic in goal.generics]
    used = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", payload)]
    if not names:
        return f" From<{payload}> for {goal.name}"
    if not used and all(generic.kind == "lifetime" for generic in goal.generics):
        left_open = ", ".join(["'_"] * len(names))
        return f" From<{payload}> for {goal.name}<{left_open}>"
    declared = "" if goal.generics_span is None else goal.generics_span.text
    return f"{declared} From<{payload}> for {goal.name}<{', '.join(names)}>"


def _parameter(siblings: list[Impl]) -> str:
    """What the others call the value that they take."""
    for impl in siblings:
        for item in impl.items:
            if isinstance(item, Function) and item.name == "from" and item.parameters and item.parameters[0].name:
                return item.parameters[0].name
    return "error"
