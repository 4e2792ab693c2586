"""Checks of what plugins declare, so that a bad declaration is a plugin's problem and never an episode's."""

from __future__ import annotations

import math
import re

from rusta_conductor.budget import RESOURCES
from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, ProposerSpec, RankerSpec, ToolSpec
from rusta_schemas.effects import Effect

Spec = ToolSpec | DomainSpec | CommandSpec | ProposerSpec | RankerSpec | CheckSpec

_SNAKE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_COMMAND = re.compile(r"[a-z][a-z0-9-]{0,63}")
_REFERENCE = re.compile(r"[^\s:]+:[^\s:]+")
# Every call costs one step, and time is taken from the log; a tool says what it spends beside them.
_COSTS = tuple(name for name in RESOURCES if name not in ("wall", "steps"))


def spec_name(spec: Spec) -> str:
    """The name that a declaration claims."""
    return spec.verb if isinstance(spec, ToolSpec) else spec.name


def check_spec(spec: Spec) -> None:
    """Make sure that a declaration can be used.

    Raises:
        ValueError: naming the declaration, the field, and what was expected.
    """
    kind, name = type(spec).__name__, spec_name(spec)
    snake = not isinstance(spec, CommandSpec)
    if not isinstance(name, str) or not (_SNAKE if snake else _COMMAND).fullmatch(name):
        raise ValueError(
            f"{kind} {name!r}: a name has 1 to 64 of a-z, 0-9 and {'_' if snake else '-'}, beginning with a letter"
        )
    if isinstance(spec, RankerSpec):
        if not isinstance(spec.verb, str) or not _SNAKE.fullmatch(spec.verb):
            raise ValueError(f"{kind} {name!r}: verb is {spec.verb!r}; expected the name of a tool")
        return
    references: dict[str, object] = {"handler": spec.handler}
    if isinstance(spec, ToolSpec):
        references["args"] = spec.args
        if spec.reconcile is not None:
            references["reconcile"] = spec.reconcile
        _check_tool(spec)
    for field, value in references.items():
        if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
            raise ValueError(f"{kind} {name!r}: {field} is {value!r}; expected 'package.module:attribute'")


def _check_tool(spec: ToolSpec) -> None:
    tool = f"ToolSpec {spec.verb!r}"
    if not isinstance(spec.effect, Effect):
        raise ValueError(f"{tool}: effect is {spec.effect!r}; expected an Effect")
    if not _is_amount(spec.timeout_s) or spec.timeout_s <= 0:
        raise ValueError(f"{tool}: timeout_s is {spec.timeout_s!r}; expected seconds above 0")
    for resource, amount in spec.cost.items():
        if resource not in _COSTS:
            raise ValueError(f"{tool}: cost names {resource!r}; there are: {', '.join(_COSTS)}")
        if not _is_amount(amount) or amount < 0:
            raise ValueError(f"{tool}: cost of {resource!r} is {amount!r}; expected a number")


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
