"""How time and memory grow over three decades of neurons, synapses and fired fractions: printed, and as a picture."""

from __future__ import annotations

import sys
from pathlib import Path

from rusta_bench.burst.place import measure
from rusta_bench.table import Row


def growth(place: Path, quick: bool) -> list[Row]:
    """A row for each axis: the exponent with which time grows over its last decade; the picture's place is printed."""
    picture = place / "growth.png"
    f = measure(place, "growth", top=5 if quick else 6, rounds=5 if quick else 9, picture=str(picture))
    if "error" in f:
        return [Row("growth", "", float("nan"), "", "", None, f"not measured: {f['error']}")]
    print(f"  growth over three decades: {picture}", file=sys.stderr)
    rows = []
    for axis, line in f["lines"].items():
        told = ", ".join(f"{x:g}: {ms:.3g} ms" for x, ms in zip(line["x"], line["ms"], strict=True))
        rows.append(Row(f"time grows with {axis} as x^", "", line["exponent"], "", "", None, told))
    rows.append(Row("bytes a synapse at the largest", "", f["bytes"], "bytes", "≤ 5", f["bytes"] <= 5))
    return rows
