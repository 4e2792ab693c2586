"""Memory for arrays that bursts visit at random: in one piece, at cache lines, on huge pages where the system has them."""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LINE = 64
_HUGE = 1 << 21
#: Below this the pages of the arrays fit into the CPU's table of pages anyway, and a huge page would be mostly empty.
_WORTH_HUGE = 1 << 18


def arrays(wanted: Mapping[str, tuple[int, type[np.generic]]]) -> dict[str, NDArray[Any]]:
    """Zeros: ``{name: (count, dtype)}``, each from a cache line on, all in one piece."""
    places: dict[str, tuple[int, int]] = {}
    size = 0
    for name, (count, dtype) in wanted.items():
        length = count * np.dtype(dtype).itemsize
        places[name] = (size, length)
        size += -(-length // _LINE) * _LINE
    piece = _piece(size)
    return {name: piece[begin : begin + length].view(wanted[name][1]) for name, (begin, length) in places.items()}


def _piece(size: int) -> NDArray[np.uint8]:
    """So many zero bytes from a cache line on."""
    if size < _WORTH_HUGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        raw = np.zeros(size + _LINE, np.uint8)
        begin = -raw.ctypes.data % _LINE
        return raw[begin : begin + size]
    # Private, as huge pages of shared memory are another switch of the system; the array keeps the mapping.
    mapped = mmap.mmap(-1, size + _HUGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    raw = np.frombuffer(mapped, np.uint8)
    begin = -raw.ctypes.data % _HUGE
    with contextlib.suppress(OSError):  # a system without them: ordinary pages
        mapped.madvise(mmap.MADV_HUGEPAGE, begin, -(-size // mmap.PAGESIZE) * mmap.PAGESIZE)
    return raw[begin : begin + size]
