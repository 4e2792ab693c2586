"""Exponentially decaying traces in whole numbers, brought up to date only where they are looked at."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.dynamics.learning import TraceArrays
from rusta_burst.plasticity.own import ONE, SCALE_BITS, array_of

I8 = npt.NDArray[np.int64]


class Traces:
    """One trace each for ``count`` things. It decays by e^(−1/tau) a burst; 1.0 is :data:`ONE`.

    The decay over n bursts is a table made by whole-number products, so that every machine has the same.
    """

    def __init__(self, count: int, tau: float) -> None:
        self.value: I8 = np.zeros(count, np.int64)
        self.last: I8 = np.zeros(count, np.int64)
        factor = round(math.exp(-1.0 / tau) * (1 << 30))
        table = [1 << 30]
        while table[-1] > (1 << 10) and len(table) < 1 << 16:
            table.append((table[-1] * factor) >> 30)
        table.append(0)
        self._table = np.asarray(table, np.int64)

    def read(self, which: Any, burst: int) -> I8:
        """The traces of ``which`` at ``burst``."""
        passed = np.minimum(burst - self.last[which], len(self._table) - 1)
        return _scaled(self.value[which], self._table[passed])

    def add(self, which: Any, amount: Any, burst: int) -> None:
        """Bring ``which`` (each named once) up to ``burst`` and add to them."""
        self.value[which] = self.read(which, burst) + amount
        self.last[which] = burst

    def arrays(self) -> TraceArrays:
        """For the kernels."""
        return TraceArrays(self.value, self.last, self._table)

    def state(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """For a snapshot."""
        return {f"{prefix}.value": self.value.copy(), f"{prefix}.last": self.last.copy()}

    def restore(self, prefix: str, state: dict[str, npt.NDArray[Any]]) -> None:
        """What :meth:`state` gave."""
        self.value = array_of(state, f"{prefix}.value", self.value)
        self.last = array_of(state, f"{prefix}.last", self.last)


def _scaled(values: I8, factors: I8) -> I8:
    # Values stay below 2**33 in use; split so that no product leaves 63 bits. Towards zero for both signs.
    sign = np.where(values < 0, -1, 1)
    size = np.abs(values)
    high, low = size >> SCALE_BITS, size & (ONE - 1)
    scaled: I8 = sign * (((high * factors) >> (30 - SCALE_BITS)) + ((low * factors) >> 30))
    return scaled
