"""What the scripts share: networks, and timing several contestants round by round."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray


def settings() -> dict[str, Any]:
    """The script's argument."""
    found: dict[str, Any] = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    return found


def answer(figures: dict[str, Any]) -> None:
    """The figures, as the last line."""
    print(json.dumps(figures))


def regular(neurons: int, degree: int, seed: int = 1) -> dict[str, NDArray[Any]]:
    """``degree`` random targets for each neuron, rows sorted; every fifth neuron inhibits; random weights."""
    rng = np.random.default_rng(seed)
    count = neurons * degree
    target = rng.integers(0, neurons, (neurons, degree), dtype=np.uint32)
    target.sort(axis=1)
    source = np.repeat(np.arange(neurons, dtype=np.uint32), degree)
    return {
        "source": source,
        "target": target.reshape(-1),
        "weight": rng.integers(0, 256, count, dtype=np.uint8),
        "psp": np.full(count, 255, np.uint8),
        "type": (source % 5 == 0).view(np.uint8),
    }


def contest(contestants: dict[str, Callable[[int], object]], rounds: int, warm: int = 2) -> dict[str, float]:
    """Median milliseconds of each contestant; in every round each has its turn, with the round's number."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + warm):
        for name, work in contestants.items():
            began = time.perf_counter()
            work(number)
            if number >= warm:
                times[name].append((time.perf_counter() - began) * 1e3)
    found = {name: median(values) for name, values in times.items()}
    return found | {f"{name} best": min(values) for name, values in times.items()}
