"""Run by the peer's own Python: times reservoirpy, one JSON line in, one out. CPU seconds of one thread."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from reservoirpy.nodes import Reservoir, Ridge  # type: ignore[import-not-found]


def main() -> None:
    made: dict[int, Any] = {}
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps({"seconds": OPERATIONS[question.pop("op")](made, **question)}), flush=True)


def make(made: dict[int, Any], size: int) -> float:
    made[size] = Reservoir(size, lr=0.3, sr=0.9, rc_connectivity=0.1, seed=1)
    made[size].run(np.zeros((3, 1)))
    return 0.0


def states(made: dict[int, Any], size: int, steps: int) -> float:
    series = np.random.default_rng(0).uniform(-1, 1, (steps, 1))
    began = time.process_time()
    made[size].run(series)
    return time.process_time() - began


def each(made: dict[int, Any], size: int, sequences: int, steps: int) -> float:
    batch = np.random.default_rng(0).uniform(-1, 1, (sequences, steps, 1))
    began = time.process_time()
    for series in batch:
        made[size].reset()
        made[size].run(series)
    return time.process_time() - began


def ridge(_made: dict[int, Any], size: int, rows: int) -> float:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((rows, size)), rng.standard_normal((rows, 1))
    began = time.process_time()
    Ridge(ridge=1e-6).fit(x, y)
    return time.process_time() - began


OPERATIONS: dict[str, Callable[..., float]] = {"make": make, "states": states, "each": each, "ridge": ridge}

if __name__ == "__main__":
    main()
