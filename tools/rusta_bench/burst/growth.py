"""How time and memory grow over three decades of neurons, synapses and fired fractions: printed, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rusta_bench.burst.place import measure
from rusta_bench.burst.rows import missing
from rusta_bench.table import Row


def growth(place: Path, quick: bool) -> Iterator[Row]:
    """For each axis the exponents with which time and memory grow over its last decade; where the pictures are."""
    pictures = [str(place / f"growth.{kind}") for kind in ("png", "svg")]
    f = measure(place, "growth", top=5 if quick else 6, rounds=5 if quick else 9, pictures=pictures)
    if "error" in f:
        yield missing("growth", "", f)
        return
    for axis, line in f["lines"].items():
        told = ", ".join(f"{x:.3g}: {ms:.3g} ms" for x, ms in zip(line["x"], line["ms"], strict=True))
        yield Row(f"time grows with {axis} as x^", "", line["time exponent"], "", "", None, told)
        if not line["memory exponent"]:  # the index is the same, whoever fires
            continue
        told = "MiB at " + ", ".join(f"{x:.3g}: {mib:.3g}" for x, mib in zip(line["x"], line["mib"], strict=True))
        yield Row(f"memory grows with {axis} as x^", "", line["memory exponent"], "", "", None, told)
    largest = f["largest"]
    told = f"pictures: {', '.join(pictures)}"
    yield Row("bytes a synapse at the largest", "", largest, "bytes", "≤ 5", largest <= 5, told)
