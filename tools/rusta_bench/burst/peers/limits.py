"""What the machine allows: the events of a burst read, and added up, by loops that do nothing else.

Two threads, as ours: each has the events of one half of the targets, all in a row, and sums in 16 bits where ours has.
No row has to be found, no sum to be cleared or made wider, so nothing that adds up every event can be faster than this.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
from common import contest
from numpy.typing import NDArray


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def scatter(words: Any, out: Any) -> None:
    for k in range(words.size):
        word = words[k]
        out[word >> 8] += word & 255


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def read(words: Any) -> Any:
    total = np.uint32(0)
    for k in range(words.size):
        total += words[k]
    return total


def limits(events: NDArray[np.uint32], targets: int, rounds: int = 5) -> dict[str, Any]:
    """``events``: target << 8 | weight. Milliseconds to read and to add them up, and how it was done in words."""
    cut = np.uint32(targets // 2)
    low = (events >> np.uint32(8)) < cut
    parts = [np.ascontiguousarray(events[low]), np.ascontiguousarray(events[~low])]
    out = np.zeros(targets, np.int16)
    scatter(parts[0][:1], out)
    read(parts[0][:1])
    with ThreadPoolExecutor(len(parts)) as threads:
        found = contest(
            {
                "read": lambda _: list(threads.map(read, parts)),
                "scatter": lambda _: list(threads.map(lambda part: scatter(part, out), parts)),
            },
            rounds,
        )
    rate = events.nbytes / found["read"] / 1e6
    told = f"on this machine reading the synapses alone takes {found['read']:.3g} ms ({rate:.1f} GB/s)"
    added = f"adding them up alone {found['scatter']:.3g} ms ({events.size / found['scatter'] / 1e3:.0f} M/s)"
    return {"read": found["read"], "scatter": found["scatter"], "told": f"{told}, {added}"}
