"""Bursts in which most of a large network fires."""

from __future__ import annotations

from typing import Any

import numpy as np
from common import answer, contest, regular, settings

from rusta_burst.engine.propagation import SynapticPropagationEngine

try:
    from limits import limits
except ImportError:  # without numba nobody tells what the machine allows
    limits = None


def main() -> None:
    asked = settings()
    neurons, degree = int(asked["neurons"]), int(asked["degree"])
    edges = regular(neurons, degree)
    engine = SynapticPropagationEngine()
    columns = (edges["source"], edges["target"], edges["weight"], edges["psp"], edges["type"])
    engine.build_index(*columns, neurons=neurons, keep_order=False)
    rng = np.random.default_rng(2)
    out = np.zeros(neurons, np.int32)
    figures: dict[str, Any] = {}
    for percent in asked["percent"]:
        count = neurons * percent // 100
        sets = [np.sort(rng.choice(neurons, count, replace=False)).astype(np.uint32) for _ in range(3)]

        def ours(k: int, sets: list[Any] = sets) -> None:
            engine.propagate_into(sets[k % len(sets)], out)

        figures[str(percent)] = contest({"ours": ours}, int(asked["rounds"])) | {"reason": engine.choice(count).reason}
        if limits is not None and percent < 100:
            # Either those that fire are added up, or those that don't are taken away.
            few = sets[0] if 2 * count <= neurons else np.setdiff1d(np.arange(neurons, dtype=np.uint32), sets[0])
            events = engine.table.words[engine.table.positions_of(few)]
            figures[str(percent)]["limit"] = limits(events, neurons)["told"]
    answer(figures)


main()
