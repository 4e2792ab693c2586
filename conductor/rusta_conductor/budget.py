"""Budgets: data on the episode, visible before they are spent. Running out parks an episode; it is not an error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from rusta_conductor.errors import BudgetExhausted, UsageError

WARN_AT = 0.8

# name: (limit when nothing else is said, unit, what is counted)
RESOURCES: dict[str, tuple[float, str, str]] = {
    "wall": (600.0, "s", "seconds of activity, from the log's own timestamps"),
    "probes": (120.0, "calls", "calls of tools that ask the compiler or run the program"),
    "steps": (2000.0, "calls", "calls of any tool"),
    "lines": (40.0, "lines", "changed lines in one proposal"),
    "files": (6.0, "files", "changed files in one proposal"),
    "bytes": (256e6, "bytes", "observations written to the log"),
}


@dataclass
class Budget:
    """Limits and what has been spent of them.

    ``lines`` and ``files`` bound each proposal by itself and are never spent.
    """

    limits: dict[str, float] = field(default_factory=lambda: {name: limit for name, (limit, _, _) in RESOURCES.items()})
    spent: dict[str, float] = field(default_factory=dict)

    @classmethod
    def from_limits(cls, limits: Mapping[str, float]) -> Budget:
        """The default limits, with ``limits`` over them.

        Raises:
            UsageError: an unknown resource, or a limit that is not a positive finite number.
        """
        budget = cls()
        for name, limit in limits.items():
            if name not in RESOURCES:
                raise UsageError(f"unknown budget {name!r}; there are: {', '.join(RESOURCES)}")
            if not (isinstance(limit, int | float) and math.isfinite(limit) and limit > 0):
                raise UsageError(f"budget {name!r} is {limit!r}; expected a positive number")
            budget.limits[name] = float(limit)
        return budget

    def left(self, resource: str) -> float:
        """What may still be spent of ``resource``."""
        return self.limits[resource] - self.spent.get(resource, 0.0)

    def demand(self, resource: str, amount: float) -> None:
        """Make sure that ``amount`` may be spent.

        Raises:
            BudgetExhausted: it may not.
        """
        if amount > self.left(resource):
            limit = self.limits[resource]
            raise BudgetExhausted(resource, limit, self.spent.get(resource, 0.0) + amount)

    def spend(self, resource: str, amount: float) -> None:
        """Note that ``amount`` was used. What is over cannot be unspent, so this never refuses."""
        self.spent[resource] = self.spent.get(resource, 0.0) + amount

    def warnings(self) -> list[str]:
        """Resources of which 80 % or more are used."""
        return [name for name, limit in self.limits.items() if self.spent.get(name, 0.0) >= WARN_AT * limit]


def parse_budget(texts: tuple[str, ...]) -> dict[str, float]:
    """``("probes=200", "wall=60,steps=9")`` → limits.

    Raises:
        UsageError: not of the form NAME=NUMBER.
    """
    limits: dict[str, float] = {}
    for part in (piece for text in texts for piece in text.split(",")):
        name, separator, number = part.partition("=")
        try:
            limits[name.strip()] = float(number)
        except ValueError:
            separator = ""
        if not separator:
            raise UsageError(f"budget {part!r} must look like probes=200 (one of {', '.join(RESOURCES)})")
    Budget.from_limits(limits)
    return limits
