"""Which row of the n-gram table a place in the text uses: 32-bit FNV-1a over the last n inputs, oldest first.

Every input counts as itself plus one, what lies before the first input as 0. The same few lines of arithmetic stand
here for NumPy and for PyTorch (any array type with ``*``, ``^``, ``&``, ``>>`` and ``%`` on 64-bit integers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

OFFSET = 0x811C9DC5
PRIME = 0x01000193
MASK = 0xFFFFFFFF


def row_of(symbols: Sequence[int], buckets: int) -> int:
    """The row of one n-gram, oldest first; the definition that the array forms are tested against."""
    value = OFFSET
    for symbol in symbols:
        value = ((value ^ (symbol + 1)) * PRIME) & MASK
    return (value ^ (value >> 15)) % buckets


def rows(shifted: Sequence[Any], order: int, buckets: int) -> Any:
    """Rows for every place at once. shifted[j] holds input+1 of j places earlier (0 before the start), int64."""
    value = shifted[order - 1] * 0 + OFFSET
    for back in range(order - 1, -1, -1):
        value = ((value ^ shifted[back]) * PRIME) & MASK
    return (value ^ (value >> 15)) % buckets
