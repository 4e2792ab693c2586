"""Every row of the table: which scripts are run, and how their figures become ratios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rusta_bench.burst.growth import growth
from rusta_bench.burst.place import measure
from rusta_bench.burst.spikes import spikes
from rusta_bench.table import Row

Figures = dict[str, Any]


def ratio(what: str, peer: str, theirs: float, own: float, floor: float, detail: str = "") -> Row:
    """How many times as fast ours is."""
    value = theirs / own
    return Row(
        what, peer, value, "×", f"≥ {floor:g} ×", value >= floor, detail or f"{own:.3g} ms against {theirs:.3g} ms"
    )


def missing(what: str, peer: str, figures: Figures) -> Row:
    """A peer that gave no figures; its row is neither met nor missed."""
    return Row(what, peer, float("nan"), "", "", None, f"not measured: {figures['error']}")


def small(place: Path, quick: bool) -> list[Row]:
    """The seed's case. The best of many rounds: microseconds are lost in any interruption."""
    f = measure(place, "small", rounds=40 if quick else 150)
    what = "12K neurons, 13K synapses, all fired"
    if "error" in f:
        return [missing(what, "scipy", f)]
    own, theirs = f["ours best"], f["scipy best"]
    bound = theirs / 3 + 30
    dicts = f["ours, dict best"] / f["bare dict from arrays best"]
    detail = f"scipy Wᵀ@s {theirs:.1f} µs; push {f['ours, push best']:.1f} µs; {f['reason']}"
    return [
        Row(f"{what}: arrays", "scipy", own, "µs", f"≤ {bound:.1f} µs (⅓ scipy + 30)", own <= bound, detail),
        Row(f"{what}: dict", "building the dict", dicts, "×", "≤ 1.5 ×", dicts <= 1.5,
            f"{f['ours, dict best']:.0f} µs against {f['bare dict from arrays best']:.0f} µs"),
    ]  # fmt: skip


def large(place: Path, quick: bool) -> list[Row]:
    """Rotating sets in a network far larger than any cache; medians."""
    neurons, fired = (100_000, 1_000) if quick else (1_000_000, 10_000)
    f = measure(place, "large", neurons=neurons, degree=100, fired=fired, rounds=20 if quick else 40, limit=True)
    what = f"{neurons:,} neurons × 100, {fired:,} fired"
    if "error" in f:
        return [missing(what, "scipy, numba", f)]
    share = f["limit"] / f["ours, push"] * 100
    memory = f["bytes a synapse"]
    return [
        ratio(what, "scipy W[f].sum", f["scipy"], f["ours"], 3),
        ratio(what, "numba", f["numba"], f["ours"], 6),
        Row("events a second, one thread", "pure scatter loop", share, "%", "≥ 70 %", share >= 70,
            f"{f['events'] / f['ours, push'] / 1e3:.0f} M/s against {f['events'] / f['limit'] / 1e3:.0f} M/s"),
        Row("static synapse, all that a burst needs", "", memory, "bytes", "≤ 5", memory <= 5, f["reason"]),
    ]  # fmt: skip


def many(place: Path, quick: bool) -> list[Row]:
    """1.2 M fired."""
    neurons = 120_000 if quick else 1_200_000
    rows = []
    what = f"{neurons:,} fired × 10"
    f = measure(place, "large", neurons=neurons, degree=10, fired=neurons, rounds=5)
    if "error" in f:
        rows.append(missing(what, "scipy", f))
    else:
        rows.append(ratio(f"{what}, as chosen", "scipy", f["scipy"], f["ours"], 8))
        rows.append(ratio(f"{what}, push alone", "scipy", f["scipy"], f["ours, push"], 8))
    d = measure(place, "dense", neurons=neurons, degree=100, percent=[50, 83, 100], rounds=6)
    for percent in ("50", "83", "100"):
        what = f"{neurons:,} neurons × 100, {percent} % fired"
        if "error" in d:
            rows.append(missing(what, "30 Hz", d))
            continue
        own = d[percent]["ours"]
        detail = f"best {d[percent]['ours best']:.3g} ms; {d[percent]['reason']}"
        rows.append(Row(what, "30 Hz", own, "ms", "≤ 33.3 ms", own <= 33.3, detail))
    return rows


def whole(place: Path, quick: bool) -> list[Row]:
    """Whole bursts, and their synapses apart."""
    neurons, bursts = (20_000, 10) if quick else (1_000_000, 20)
    what = f"whole burst, {neurons:,} × 100, 1 % fired"
    size = {"neurons": neurons, "degree": 100, "bursts": bursts}
    own = measure(place, "whole", who="ours", **size)
    rows = []
    for who, name, floor in (("brian", "Brian2 (cython)", 10), ("nest", "NEST, 2 threads", 25)):
        theirs = measure(place, "whole", who=who, **size)
        if "error" in own or "error" in theirs:
            rows.append(missing(what, name, own if "error" in own else theirs))
            continue
        rows.append(ratio(what, name, theirs["ms"], own["ms"], floor))
    return rows


def cuba(place: Path, quick: bool) -> list[Row]:
    """The same list in Brian2's C++; both in one process after the other, the best of several."""
    rows = []
    for neurons, floor in ((4_000, 3.0), (40_000, 2.5)):
        if quick and neurons > 4_000:
            continue
        what = f"current-based network, {neurons:,} neurons, × realtime"
        size: dict[str, Any] = {"neurons": neurons, "seconds": 0.2 if quick else 1.0}
        own = measure(place, "cuba", who="ours", rounds=10, single=True, **size)
        double = measure(place, "cuba", who="ours", rounds=10, **size)
        theirs = measure(place, "cuba", who="theirs", rounds=5, **size)
        wrong = next((f for f in (own, double, theirs) if "error" in f), None)
        if wrong is not None:
            rows.append(missing(what, "Brian2 cpp_standalone", wrong))
            continue
        value = own["realtime"] / theirs["realtime"]
        apart = abs(double["rate"] / theirs["rate"] - 1) * 100
        single = abs(own["rate"] / theirs["rate"] - 1) * 100
        detail = f"{own['realtime']:.1f} against {theirs['realtime']:.1f} × realtime; f64 {double['realtime']:.1f}"
        rows.append(Row(what, "Brian2 cpp_standalone", value, "×", f"≥ {floor:g} ×", value >= floor, detail))
        rows.append(Row(f"the same: rate apart, f64 state (f32: {single:.2f} %)", "Brian2 cpp_standalone", apart, "%",
                        "≤ 1 %", apart <= 1, f"{double['rate']:.3f} against {theirs['rate']:.3f} Hz"))  # fmt: skip
    return rows


ALL: tuple[Callable[[Path, bool], list[Row]], ...] = (small, large, many, whole, cuba, spikes, growth)
