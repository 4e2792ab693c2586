"""Who fired in the last bursts: a bit a neuron and frame, in a ring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rusta_burst.dynamics.hooks import Ids
from rusta_burst.errors import InvalidInput


class FireLedger:
    """The last ``window`` frames of ``neurons``; frame 0 is the latest burst that was recorded."""

    def __init__(self, neurons: int, window: int) -> None:
        self.neurons = neurons
        self.window = window
        self.bits = np.zeros((window, (neurons + 63) // 64), np.uint64)
        self.recorded = 0
        """Bursts so far: the next one is written to frame ``recorded % window`` of ``bits``."""

    @property
    def frames(self) -> int:
        """Frames recorded so far, at most ``window``."""
        return min(self.recorded, self.window)

    def fired_mask(self, frame: int = 0) -> NDArray[np.bool_]:
        """One flag a neuron: did it fire in this frame?

        Raises:
            InvalidInput: the ledger does not hold that frame.
        """
        if not 0 <= frame < self.frames:
            raise InvalidInput(
                f"frame: expected 0 to {self.frames - 1}, got {frame}; the ledger's window is {self.window}"
            )
        row = self.bits[(self.recorded - 1 - frame) % self.window]
        return np.unpackbits(row.view(np.uint8), count=self.neurons, bitorder="little").view(np.bool_)

    def fired(self, frame: int = 0) -> Ids:
        """The neurons that fired in this frame, ascending."""
        return np.flatnonzero(self.fired_mask(frame)).astype(np.uint32)

    def count(self, ids: Ids) -> NDArray[np.int64]:
        """In how many of the recorded frames each of ``ids`` fired."""
        words, places = ids >> np.uint32(6), (ids & np.uint32(63)).astype(np.uint64)
        rows = [(self.recorded - 1 - frame) % self.window for frame in range(self.frames)]
        found = (self.bits[rows][:, words] >> places) & np.uint64(1)
        made: NDArray[np.int64] = found.sum(axis=0, dtype=np.int64)
        return made

    def record(self, fired: Ids) -> None:
        """Write the next frame (native bursts write their own)."""
        flags = np.zeros(self.bits.shape[1] * 64, np.uint8)
        flags[fired] = 1
        if self.window:
            self.bits[self.recorded % self.window] = np.packbits(flags, bitorder="little").view(np.uint64)
        self.recorded += 1
