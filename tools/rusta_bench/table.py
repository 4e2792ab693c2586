"""A benchmark's figures: what was measured, against what, and what was hoped for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass


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
        return asdict(self)


# A measurement that has not run yet: what it is about, and what gives its rows.
Job = tuple[str, Callable[[], list[Row]]]


def print_rows(rows: list[Row]) -> None:
    """An aligned table on stdout."""
    cells = [("what", "against", "figure", "goal", "", "detail")]
    for row in rows:
        mark = {True: "met", False: "not met", None: ""}[row.met]
        cells.append((row.what, row.peer, f"{row.value:,.3g} {row.unit}".strip(), row.goal, mark, row.detail))
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
