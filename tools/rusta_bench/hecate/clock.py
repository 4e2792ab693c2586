"""Interleaved rounds of rival ways to do one thing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median


def rounds(rivals: Mapping[str, Callable[[], object]], count: int) -> dict[str, list[float]]:
    """CPU seconds of each rival in each round; a first round that warms them is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(count + 1):
        for name, work in rivals.items():
            began = time.process_time()
            work()
            if number:
                seconds[name].append(time.process_time() - began)
    return seconds


def ratio(seconds: Mapping[str, list[float]], ours: str, theirs: str) -> float:
    """How many times faster ours is: the median over rounds."""
    return median(b / a for a, b in zip(seconds[ours], seconds[theirs], strict=True))
