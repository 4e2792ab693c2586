"""Single events in the order people expect: who fired first, then as the synapses were given."""

from __future__ import annotations

import numpy as np

from rusta_burst.engine.table import I32, I64, U32, SynapseTable


class EventView:
    """Events of an index; for one whose rows were reordered it keeps their positions in the input's order."""

    def __init__(self, table: SynapseTable) -> None:
        self._table = table
        self._by_input: I64 | None = None
        if table.order.size:
            rows = table.sources_of(np.arange(table.synapses, dtype=np.int64))
            self._by_input = np.lexsort((table.order, rows)).astype(np.int64)

    def of(self, fired: U32) -> tuple[U32, I32, I64]:
        """(targets, contributions, positions) of all synapses that leave ``fired``."""
        table = self._table
        positions = table.positions_of(fired)
        if self._by_input is not None:
            positions = self._by_input[positions]
        if not table.rows.size and table.layout == 0:
            starts = table.starts
            lengths = (starts[1:] - starts[:-1])[fired]
            factors = np.repeat(table.factors[fired], lengths)
            words = table.words[positions]
            return words >> np.uint32(8), (words & np.uint32(255)).astype(np.int32) * factors, positions
        return table.targets_of(positions), table.contributions_of(positions), positions


def by_area(
    areas: I64, targets: U32, contributions: I32, scale: float
) -> tuple[dict[int, list[tuple[int, float]]], int]:
    """Events as lists of pairs, one an area; and how many have no area (-1)."""
    order = np.argsort(areas, kind="stable")
    sorted_areas = areas[order]
    pairs = list(zip(targets[order].tolist(), (contributions[order] * scale).tolist(), strict=True))
    change = np.flatnonzero(sorted_areas[1:] != sorted_areas[:-1]) + 1
    begins = [0, *change.tolist()] if areas.size else []
    ends = [*begins[1:], areas.size]
    made = {int(sorted_areas[b]): pairs[b:e] for b, e in zip(begins, ends, strict=True if begins else False)}
    unmapped = len(made.pop(-1, []))
    return made, unmapped
