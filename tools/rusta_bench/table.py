"""A benchmark's figures: what was measured, against what, and what was hoped for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass

_WIDTHS = (8, 58, 24, 14, 20)


@dataclass(frozen=True)
class Row:
    """One comparison. ``value`` is in ``unit``; ``goal`` is how a person would write it."""

    what: str
    peer: str
    value: float
    unit: str
    goal: str
    met: bool | None
    detail: str = ""

    def to_json(self) -> dict[str, object]:
        """As JSON has it: a figure that could not be measured is null."""
        return asdict(self) | {"value": None if math.isnan(self.value) else self.value}


# A measurement that has not run yet: what it is about, and what gives its rows.
Job = tuple[str, Callable[[], list[Row]]]


def print_head() -> None:
    """The columns' names, on stdout."""
    _line("", "what", "against", "figure", "goal", "detail")


def print_row(row: Row) -> None:
    """One line on stdout, at once: a benchmark that is stopped has told what it found."""
    figure = "not measured" if math.isnan(row.value) else f"{row.value:,.3g} {row.unit}".strip()
    mark = {True: "met", False: "not met", None: ""}[row.met]
    _line(mark, row.what, row.peer, figure, row.goal, row.detail)


def _line(*cells: str) -> None:
    padded = [cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=False)]
    print("  ".join([*padded, *cells[len(_WIDTHS) :]]).rstrip(), flush=True)
