"""The byte model: its gradients, its loss curves, and its kernels against what plain PyTorch offers on the same CPU.

Speeds are CPU seconds of one thread in interleaved rounds; a ratio above 1 means that the product is faster.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from rusta_bench.table import Row


def _part(name: str) -> Callable[[bool], list[Row]]:
    def section(quick: bool) -> list[Row]:
        rows: list[Row] = importlib.import_module(f"rusta_bench.hecate.{name}").run(quick=quick)
        return rows

    return section


SECTIONS = {name: _part(name) for name in ("kernels", "training", "correctness", "serving", "bits", "ranker")}
