"""Bursts in which most of a large network fires."""

from __future__ import annotations

from typing import Any

import numpy as np
from common import answer, contest, regular, settings

from rusta_burst.engine.propagation import SynapticPropagationEngine


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
    answer(figures)


main()
