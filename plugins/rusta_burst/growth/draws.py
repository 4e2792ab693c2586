"""Random numbers that are the same on every machine and with every version of NumPy.

The bits are Philox-4x64 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), whose stream NumPy keeps
stable; what is made of them here uses only exact integer steps and IEEE products.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from rusta_burst.errors import InvalidInput

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class Draws:
    """A stream of its own for each seed and each list of labels."""

    def __init__(self, seed: int, *labels: str) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**64:
            raise InvalidInput(f"seed is {seed!r}; expected a whole number from 0 to 2**64 - 1")
        named = hashlib.sha256("\0".join((str(seed), *labels)).encode()).digest()
        key = np.frombuffer(named[:16], "<u8").astype(np.uint64)
        self._bits = np.random.Philox(key=key)

    def uniform(self, count: int) -> F8:
        """``count`` numbers in [0, 1), multiples of 2⁻⁵³."""
        raw = np.atleast_1d(np.asarray(self._bits.random_raw(count), np.uint64))
        return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, count: int, limit: int) -> I8:
        """``count`` whole numbers in 0..limit-1; the bias is below limit · 2⁻⁵³."""
        return np.minimum((self.uniform(count) * limit).astype(np.int64), limit - 1)

    def between(self, count: int, low: int, high: int) -> I8:
        """``count`` whole numbers in low..high."""
        return low + self.below(count, high - low + 1)

    def order(self, count: int) -> I8:
        """The numbers 0..count-1 in a random order."""
        return np.argsort(self.uniform(count), kind="stable")
