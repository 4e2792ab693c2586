"""The way back from targets to synapses: for each target its sources as gaps of 7 bits a byte, about 2 bytes a synapse."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from rusta_burst.engine import native
from rusta_burst.engine.propagation import SynapticPropagationEngine
from rusta_burst.engine.table import I64, U32
from rusta_burst.errors import BurstError


class ReverseIndex:
    """Which synapses reach a neuron; made once, as sources and targets of synapses never change in an index."""

    def __init__(self, engine: SynapticPropagationEngine) -> None:
        self._table = engine.table
        self._native = native.kernels() if engine.uses_native else None
        if self._native is None:
            targets = self._table.targets_of(np.arange(self._table.synapses, dtype=np.int64))
            self._order = np.argsort(targets, kind="stable")
            self._starts = np.searchsorted(targets[self._order], np.arange(self._table.targets + 1)).astype(np.uint64)
            self._bytes = np.empty(0, np.uint8)
            return
        self._view = native.view_of(self._table)
        size = ctypes.c_uint64()
        handle = self._native.rusta_burst_reverse_build(ctypes.addressof(self._view), ctypes.addressof(size))
        if not handle:
            raise BurstError("the reverse index could not be built; is there enough memory?")
        self._bytes = np.empty(size.value, np.uint8)
        self._starts = np.empty(self._table.targets + 1, np.uint64)
        native.checked(self._native.rusta_burst_reverse_take(handle, self._bytes.ctypes.data, self._starts.ctypes.data))

    @property
    def nbytes(self) -> int:
        """Bytes of the index."""
        order = 0 if self._native is not None else self._order.nbytes
        return self._bytes.nbytes + self._starts.nbytes + order

    @property
    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
        """The bytes and where each target's begin, for kernels; no bytes without the native part."""
        return self._bytes, self._starts

    def positions(self, neurons: U32) -> I64:
        """Positions of all synapses that reach ``neurons``, in their order, sources ascending."""
        if self._native is None:
            begins, ends = (
                self._starts[neurons].astype(np.int64),
                self._starts[neurons.astype(np.int64) + 1].astype(np.int64),
            )
            parts = [self._order[b:e] for b, e in zip(begins, ends, strict=True)]
            return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)
        room = 4096
        while True:
            out = np.empty(room, np.int64)
            of = native.address
            found = native.checked(
                self._native.rusta_burst_incoming(
                    *(ctypes.addressof(self._view), of(self._bytes), of(self._starts), of(neurons)),
                    *(neurons.size, of(out), room),
                )
            )
            if found <= room:
                return out[:found].copy()
            room = found
