"""The plastic synapses of a running network: reading and changing them while bursts go on."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.dynamics.hooks import Ids, Positions
from rusta_burst.dynamics.learning import Learners, Part
from rusta_burst.engine import native, twin
from rusta_burst.engine.arrays import vector, whole
from rusta_burst.engine.propagation import SynapticPropagationEngine
from rusta_burst.engine.reverse import ReverseIndex
from rusta_burst.errors import InvalidInput


class RunningSynapses:
    """`rusta_burst.dynamics.hooks.PlasticSynapses` over the plastic projections, one after the other."""

    def __init__(self, engines: list[SynapticPropagationEngine], rows: list[NDArray[np.uint32]], neurons: int) -> None:
        self._engines = engines
        self._rows = rows
        self._neurons = neurons
        sizes = [engine.table.synapses for engine in engines]
        self._offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.residues = [np.zeros(size, np.uint8) for size in sizes]
        self._reverse: list[ReverseIndex | None] = [None] * len(engines)

    @property
    def count(self) -> int:
        return int(self._offsets[-1])

    @property
    def nbytes(self) -> int:
        """Bytes of index, residues and, once it was needed, the way back from targets to sources."""
        reverse = sum(r.nbytes for r in self._reverse if r is not None)
        return sum(e.table.nbytes for e in self._engines) + sum(r.nbytes for r in self.residues) + reverse

    def outgoing(self, neurons: Ids) -> Positions:
        ids = self._ids(neurons)
        parts = [e.table.positions_of(ids) + at for e, at in zip(self._engines, self._offsets, strict=False)]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def incoming(self, neurons: Ids) -> Positions:
        ids = self._ids(neurons)
        parts = [self._back(k).positions(ids) + self._offsets[k] for k in range(len(self._engines))]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def learners(self, mine: NDArray[np.bool_]) -> Learners | None:
        """The synapses of a rule, for the native kernels of rules; None where they cannot run.

        mine: whether each row of the arrays that the network was built from is the rule's.
        """
        kernels = native.kernels()
        fit = all(engine.uses_native and engine.table.targets == self._neurons for engine in self._engines)
        if kernels is None or not fit:
            return None
        parts = [
            Part(engine.table, self.residues[k], *self._back(k).arrays, self._rows[k])
            for k, engine in enumerate(self._engines)
            if engine.table.synapses
        ]
        return Learners(kernels, parts, np.ascontiguousarray(mine))

    def _back(self, k: int) -> ReverseIndex:
        found = self._reverse[k]
        if found is None:
            found = self._reverse[k] = ReverseIndex(self._engines[k])
        return found

    def sources(self, positions: Positions) -> Ids:
        return self._gather(positions, np.uint32, lambda e, own, _: e.table.sources_of(own))

    def targets(self, positions: Positions) -> Ids:
        return self._gather(positions, np.uint32, lambda e, own, _: e.table.targets_of(own))

    def weights(self, positions: Positions) -> NDArray[np.uint8]:
        return self._gather(positions, np.uint8, lambda e, own, _: e.table.weights_of(own))

    def fine_weights(self, positions: Positions) -> NDArray[np.float64]:
        """Weights with their residues: the whole part is what propagation uses."""
        return self._gather(
            positions, np.float64, lambda e, own, k: e.table.weights_of(own) + self.residues[k][own] / 256.0
        )

    def input_rows(self, positions: Positions) -> Positions:
        def rows(engine: SynapticPropagationEngine, own: Positions, k: int) -> Positions:
            order = engine.table.order
            came = order[own] if order.size else own
            return np.asarray(self._rows[k][came] if self._rows[k].size else came, np.int64)

        return self._gather(positions, np.int64, rows)

    def adjust(self, positions: Positions, change: NDArray[np.int32]) -> None:
        checked = self._positions(positions)
        amount = vector("change", change, checked.size)
        if amount.dtype.kind not in "iu":
            raise InvalidInput(f"change: expected whole numbers of 1/256 weight, got dtype {amount.dtype}")
        amount = np.ascontiguousarray(np.clip(amount, -(2**31), 2**31 - 1), np.int32)
        for k, engine, mask, own in self._split(checked):
            part = amount[mask]
            kernels = native.kernels() if engine.uses_native else None
            if kernels is None:
                twin.adjust(engine.table, self.residues[k], own, part)
                continue
            view = native.view_of(engine.table)
            of = native.address
            native.checked(
                kernels.rusta_burst_adjust(ctypes.addressof(view), of(self.residues[k]), of(own), of(part), own.size)
            )

    def set_weights(self, positions: Positions, weights: NDArray[np.uint8]) -> None:
        checked = self._positions(positions)
        new = whole("weights", weights, np.uint8, 255, checked.size)
        for k, engine, mask, own in self._split(checked):
            engine.table.set_weights(own, new[mask])
            self.residues[k][own] = 0

    def _ids(self, neurons: Ids) -> Ids:
        made: Ids = whole("neurons", neurons, np.uint32, max(self._neurons - 1, 0))
        return made

    def _positions(self, positions: Positions) -> Positions:
        made: Positions = whole("positions", positions, np.int64, self.count - 1)
        return made

    def _split(self, positions: Positions) -> list[tuple[int, SynapticPropagationEngine, NDArray[np.bool_], Positions]]:
        made = []
        for k, engine in enumerate(self._engines):
            low, high = self._offsets[k], self._offsets[k + 1]
            mask = (positions >= low) & (positions < high)
            if mask.any():
                made.append((k, engine, mask, np.ascontiguousarray(positions[mask] - low)))
        return made

    def _gather(self, positions: Positions, dtype: type, read: object) -> NDArray:  # type: ignore[type-arg]
        checked = self._positions(positions)
        made: NDArray[Any] = np.empty(checked.size, dtype)
        for k, engine, mask, own in self._split(checked):
            made[mask] = read(engine, own, k)  # type: ignore[operator]
        return made
