"""Gradients against central differences, and loss curves against the plain model."""

from __future__ import annotations

from pathlib import Path

import rusta_hecate
from rusta_bench.table import Row
from rusta_hecate.verification import curves, integration


def run(*, quick: bool = False) -> list[Row]:
    """One row per layer and rule, one per track."""
    cases = [case for case in integration.cases() if not quick or case.strategy != "scan"]
    return [*(_gradient(case) for case in cases), *_tracks(150 if quick else 1000)]


def _gradient(case: integration.Case) -> Row:
    keys, others = integration.check(case)
    worst = max(keys.worst, others.worst)
    single = integration.single_precision(case)
    detail = f"every other parameter {others.worst:.1e}; f32 path against f64 {single.worst:.1e}"
    goal = "rtol 1e-4, atol 1e-6; aim 1e-6"
    return Row(f"gradient: {case.name}", "central differences", worst, "", goal, keys.close and others.close, detail)


def _tracks(steps: int) -> list[Row]:
    text = b"".join(path.read_bytes() for path in sorted(Path(rusta_hecate.__file__).parent.rglob("*.py")))
    found = []
    for name, config in (("A", curves.track_zero_a()), ("B", curves.track_zero_b())):
        result = curves.compare(config, text, steps=steps)
        percent = result.difference * 100
        detail = f"loss {result.ours[0]:.3f} → {result.ours[-1]:.3f} nats, plain {result.plain[-1]:.3f}"
        what = f"loss curve of Track Zero-{name} over {steps:,} steps"
        found.append(Row(what, "plain PyTorch", percent, "%", "< 1 %, aim 0.1 %", percent < 1, detail))
    return found
