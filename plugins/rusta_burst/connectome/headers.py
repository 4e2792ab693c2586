"""Areas and rules from JSON."""

from __future__ import annotations

from typing import Any

from rusta_burst.connectome.model import Area, RuleSpec
from rusta_burst.errors import InvalidInput


def areas_of(rows: Any) -> tuple[Area, ...]:
    """Areas from a list of objects with the fields of :class:`Area`.

    Raises:
        InvalidInput: it is something else.
    """
    return tuple(_area(row) for row in _rows(rows, "areas"))


def rules_of(rows: Any) -> tuple[RuleSpec, ...]:
    """Rules from a list of ``{"kind": ..., "parameters": {...}}``.

    Raises:
        InvalidInput: it is something else.
    """
    return tuple(_rule(row) for row in _rows(rows, "rules"))


def _rows(rows: Any, what: str) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(f"{what}: expected a list of objects, got {type(rows).__name__}")
    return rows


def _area(row: dict[str, Any]) -> Area:
    known = dict(row)
    size = known.pop("size", [1, 1, 1])
    if not isinstance(size, list | tuple):
        raise InvalidInput(f"areas: size is {size!r}; expected three whole numbers")
    watches = known.pop("watches", [])
    if not isinstance(watches, list | tuple) or not all(isinstance(name, str) for name in watches):
        raise InvalidInput(f"areas: watches is {watches!r}; expected names of areas")
    flags = ("psp_from_potential", "psp_by_fanout")
    wrong = next((f for f in flags if not isinstance(known.get(f, False), bool)), None)
    if wrong:
        raise InvalidInput(f"areas: {wrong} is {known[wrong]!r}; expected true or false")
    try:
        return Area(size=tuple(size), watches=tuple(watches), **known)
    except TypeError:
        fields = "name, kind, size, psp_from_potential, psp_by_fanout, window, watches"
        raise InvalidInput(f"areas: {sorted(row)} do not fit; an area has {fields}") from None


def _rule(row: dict[str, Any]) -> RuleSpec:
    if set(row) - {"kind", "parameters"} or "kind" not in row:
        raise InvalidInput(f"rules: expected an object with a kind and parameters, got {row!r}"[:300])
    return RuleSpec(row["kind"], row.get("parameters", {}))
