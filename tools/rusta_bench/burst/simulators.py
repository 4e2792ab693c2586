"""Brian2 and NEST: whole bursts of a large network, and the current-based network of Vogels and Abbott."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rusta_bench.burst.place import free_memory, measure
from rusta_bench.burst.rows import missing, ratio
from rusta_bench.table import Row

DEGREE = 100
# What NEST takes at its peak; Brian2 takes half of it.
BYTES = 95


def whole(place: Path, quick: bool) -> Iterator[Row]:
    """Whole bursts and propagation alone, 1 % fired: as many neurons as there is memory for, the same for all."""
    sizes = (20_000,) if quick else (1_000_000, 500_000, 200_000, 100_000)
    neurons = next((n for n in sizes if n * DEGREE * BYTES < free_memory()), sizes[-1])
    note = "" if neurons == sizes[0] else f"memory for no more than these of {sizes[0]:,}"
    size = {"neurons": neurons, "degree": DEGREE, "bursts": 20}
    own = measure(place, "whole", who="ours", **size)
    of = f"{neurons:,} × {DEGREE}, 1 % fired"
    for who, name, floor in (("brian", "Brian2 (cython)", 10), ("nest", "NEST, 2 threads", 25)):
        theirs = measure(place, "whole", who=who, **size)
        wrong = own if "error" in own else theirs
        if "error" in wrong:
            yield missing(f"whole burst, {of}", name, wrong)
            continue
        told = "; ".join(part for part in (note, own.get("bound", "")) if part)
        yield ratio(f"propagation, {of}", name, theirs["synapses ms"], own["synapses ms"], 30, told)
        yield ratio(f"whole burst, {of}", name, theirs["ms"], own["ms"], floor, note)


def cuba(place: Path, quick: bool, neurons: int) -> Iterator[Row]:
    """The same list, start and precision in Brian2's C++; the best of several runs. Brian2 is faster on one thread."""
    floor, seconds = {4_000: (3.0, 20.0), 40_000: (2.5, 10.0)}[neurons]
    size: dict[str, Any] = {"neurons": neurons, "seconds": 0.5 if quick else seconds}
    peer = "Brian2 cpp_standalone"
    theirs = measure(place, "cuba", who="theirs", rounds=3, **size)
    for single in (False, True):
        state = "f32" if single else "f64"
        what = f"current-based, {neurons:,} neurons, {state} state"
        own = measure(place, "cuba", who="ours", rounds=5, single=single, **size)
        wrong = own if "error" in own else theirs
        if "error" in wrong:
            yield missing(what, peer, wrong)
            continue
        value = own["realtime"] / theirs["realtime"]
        told = f"{own['realtime']:.1f} against {theirs['realtime']:.1f} × realtime"
        yield Row(what, peer, value, "×", f"≥ {floor:g} ×", value >= floor, told)
        apart = abs(own["rate"] / theirs["rate"] - 1) * 100
        told = f"{own['rate']:.4f} against {theirs['rate']:.4f} Hz over {size['seconds']:g} s"
        yield Row(f"{what}: rate apart", peer, apart, "%", "≤ 1 %", apart <= 1, told)
