"""The byte model: its gradients, its loss curves, and its kernels against what plain PyTorch offers on the same CPU.

Speeds are CPU seconds of one thread in interleaved rounds; a ratio above 1 means that the product is faster.
"""

from __future__ import annotations

import importlib

from rusta_bench.table import Row

PARTS = ("kernels", "training", "correctness", "serving", "bits")


def run(*, quick: bool = False) -> list[Row]:
    """All comparisons of this benchmark."""
    rows: list[Row] = []
    for part in PARTS:
        rows += importlib.import_module(f"rusta_bench.hecate.{part}").run(quick=quick)
    return rows
