"""Single events in the order people expect: who fired first, then as the synapses were given."""

from __future__ import annotations

import gc
from itertools import islice

import numpy as np
from numpy.typing import NDArray

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


class AreaView:
    """Which area each target belongs to."""

    def __init__(self, targets: int, neurons: I64, areas: I64) -> None:
        inside = neurons < targets
        self._names, numbers = np.unique(areas[inside], return_inverse=True)
        # Small keys sort by radix. The last number stands for no area.
        self._none = self._names.size
        self._number_of = np.full(targets, self._none, np.uint16 if self._none < 65535 else np.uint32)
        self._number_of[neurons[inside]] = numbers

    def of(self, targets: U32, contributions: I32, scale: float) -> tuple[dict[int, list[tuple[int, float]]], int]:
        """Events as lists of pairs, one an area in ascending order; and how many have no area."""
        numbers = self._number_of[targets]
        order = np.argsort(numbers, kind="stable")
        sizes = np.bincount(numbers, minlength=self._none + 1).tolist()
        ids, values = targets[order].tolist(), scaled(contributions[order], scale).tolist()
        made: dict[int, list[tuple[int, float]]] = {}
        collecting = gc.isenabled()
        gc.disable()  # thousands of pairs, none of them garbage, would set it off again and again
        try:
            pairs = zip(ids, values, strict=True)
            for name, size in zip(self._names.tolist(), sizes, strict=False):
                if size:
                    made[name] = list(islice(pairs, size))
        finally:
            if collecting:
                gc.enable()
        return made, sizes[self._none]


def scaled(contributions: I32, scale: float) -> NDArray[np.float64]:
    """``contributions`` times ``scale``; a scale of one over a whole number divides by it, so that 65,025 gives 1.0."""
    unit = round(1.0 / scale)
    real = contributions.astype(np.float64)
    return real / unit if unit and 1 / unit == scale else real * scale
