"""Parameters of a rule, from names and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from rusta_burst.errors import InvalidInput

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    P = TypeVar("P", bound=DataclassInstance)
else:
    P = TypeVar("P")


def parameters_of(model: type[P], rule: str, given: Mapping[str, float]) -> P:
    """A dataclass of numbers with ``given`` over its defaults.

    A field's metadata may give ``low`` and ``high``, and ``whole`` for whole numbers.

    Raises:
        InvalidInput: an unknown name, or a value out of range.
    """
    known = {field.name: field for field in fields(model)}
    values: dict[str, float] = {}
    for name, value in given.items():
        if name not in known:
            raise InvalidInput(f"plasticity {rule!r} has no parameter {name!r}; there are: {', '.join(known)}")
        rules = known[name].metadata
        low, high = rules.get("low", 0.0), rules.get("high", 1e9)
        whole = rules.get("whole", False)
        if not math.isfinite(value) or not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise InvalidInput(f"plasticity {rule!r}: {name} is {value:g}; expected {kind} from {low:g} to {high:g}")
        values[name] = int(value) if whole else value
    return model(**values)
