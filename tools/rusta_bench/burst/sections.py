"""Every part of the benchmark: which scripts are run, and how their figures become rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from rusta_bench.burst.exact import exact
from rusta_bench.burst.growth import growth
from rusta_bench.burst.place import measure, prepare
from rusta_bench.burst.rows import missing, ratio
from rusta_bench.burst.simulators import cuba, whole
from rusta_bench.burst.spikes import spikes
from rusta_bench.table import Row


def small(place: Path, quick: bool) -> Iterator[Row]:
    """The seed's case. The best of many rounds: microseconds are lost in any interruption."""
    f = measure(place, "small", rounds=40 if quick else 150)
    what = "12K neurons, 13K synapses, all fired"
    if "error" in f:
        yield missing(what, "scipy", f)
        return
    own, theirs = f["ours best"], f["scipy best"]
    bound = theirs / 3 + 30
    dicts = f["ours, dict best"] / f["bare dict from arrays best"]
    detail = f"scipy Wᵀ@s {theirs:.1f} µs; push {f['ours, push best']:.1f} µs; {f['reason']}"
    yield Row(f"{what}: arrays", "scipy", own, "µs", f"≤ {bound:.1f} µs", own <= bound, f"⅓ scipy + 30; {detail}")
    told = f"{f['ours, dict best']:.0f} µs against {f['bare dict from arrays best']:.0f} µs"
    yield Row(f"{what}: dict", "building the dict", dicts, "×", "≤ 1.5 ×", dicts <= 1.5, told)


def large(place: Path, quick: bool) -> Iterator[Row]:
    """Rotating sets in a network far larger than any cache; medians."""
    neurons, fired = (100_000, 1_000) if quick else (1_000_000, 10_000)
    f = measure(place, "large", neurons=neurons, degree=100, fired=fired, rounds=20 if quick else 60, limit=True)
    what = f"{neurons:,} × 100, {fired:,} fired"
    if "error" in f:
        yield missing(what, "scipy, numba", f)
        return
    yield ratio(what, "scipy W[f].sum", f["scipy"], f["ours"], 3)
    yield ratio(what, "numba", f["numba"], f["ours"], 6, f["bound"])
    share = f["limit"] / f["ours, push"] * 100
    told = f"{f['events'] / f['ours, push'] / 1e3:.0f} M/s against {f['events'] / f['limit'] / 1e3:.0f} M/s"
    yield Row("events a second, one thread", "pure scatter loop", share, "%", "≥ 70 %", share >= 70, told)
    memory = f["bytes a synapse"]
    yield Row("static synapse, all that a burst needs", "", memory, "bytes", "≤ 5", memory <= 5, f["reason"])


def many(place: Path, quick: bool) -> Iterator[Row]:
    """1.2 M fired, 10 synapses each."""
    neurons = 120_000 if quick else 1_200_000
    what = f"{neurons:,} fired × 10"
    f = measure(place, "large", neurons=neurons, degree=10, fired=neurons, rounds=7)
    if "error" in f:
        yield missing(what, "scipy W[f].sum", f)
        return
    yield ratio(f"{what}, as chosen", "scipy W[f].sum", f["scipy"], f["ours"], 8)
    told = f"{f['plain']}; push on one thread {f['ours, push']:.3g} ms; {f['bound']}"
    yield ratio(f"{what}, every synapse added up", "scipy W[f].sum", f["scipy"], f["ours, added up"], 8, told)


def dense(place: Path, quick: bool) -> Iterator[Row]:
    """Most of 1.2 M fired, 100 synapses each."""
    neurons = 120_000 if quick else 1_200_000
    d = measure(place, "dense", neurons=neurons, degree=100, percent=[50, 83, 100], rounds=9)
    for percent in ("50", "83", "100"):
        what = f"{neurons:,} × 100, {percent} % fired"
        if "error" in d:
            yield missing(what, "30 Hz", d)
            continue
        own = d[percent]["ours"]
        limit = f"{d[percent]['limit']}; " if "limit" in d[percent] else ""
        detail = f"best {d[percent]['ours best']:.3g} ms; {limit}{d[percent]['reason']}"
        yield Row(what, "30 Hz", own, "ms", "≤ 33.3 ms", own <= 33.3, detail)


def _placed(section: Callable[[Path, bool], Iterator[Row]]) -> Callable[[bool], Iterator[Row]]:
    return lambda quick: section(prepare(), quick)


SECTIONS: dict[str, Callable[[bool], Iterator[Row]]] = {
    "small": _placed(small),
    "large": _placed(large),
    "many": _placed(many),
    "dense": _placed(dense),
    "whole": _placed(whole),
    "cuba-4000": _placed(lambda place, quick: cuba(place, quick, 4_000)),
    "cuba-40000": _placed(lambda place, quick: cuba(place, quick, 40_000)),
    "exact": _placed(exact),
    "spikes": _placed(spikes),
    "growth": _placed(growth),
}
