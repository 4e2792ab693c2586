"""The ranker in whole repairs: candidates that are checked until the one that is offered, with it and without.

The cases are mistakes that compile and break a test, in crates that nothing was learnt on; both runs have the same cases and
the same number of checks, and no bound on time. A case counts that at least one of the two repairs; the other then counts
with all the candidates it checked. Stopped, the same command goes on where it was.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rusta_bench import peers
from rusta_bench.table import Row

SEED, PER_CRATE, QUICK = 41, 6, 2
FLOOR = 0.8
RANKER = "hecate"
Products = Mapping[str, Mapping[str, Any]]
"""What the product did with each case, by the case's name."""


def run(*, quick: bool = False) -> list[Row]:
    """One row: the candidates of all cases together. ``quick``: a third of the cases."""
    return [compared(_records("on", quick), _records("off", quick))]


def compared(with_it: Products, without: Products) -> Row:
    """The row of two runs over the same cases."""
    pairs = [(with_it[case], without[case]) for case in sorted(with_it.keys() & without.keys())]
    what, peer = "candidates checked before the repair, ranker on / off", "the same repairs without the ranker"
    judged = [(cost(a), cost(b)) for a, b in pairs if a["rank"] is not None or b["rank"] is not None]
    repaired = [sum(one[i]["rank"] is not None for one in pairs) for i in range(2)]
    told = f"{len(pairs)} cases, repaired {repaired[0]} with it and {repaired[1]} without"
    if not judged:
        return Row(what, peer, math.nan, "×", f"≤ {FLOOR}", None, told)
    ratio = sum(on for on, _ in judged) / sum(off for _, off in judged)
    mean = math.exp(statistics.fmean(math.log(on / off) for on, off in judged))
    sooner, later = sum(on < off for on, off in judged), sum(on > off for on, off in judged)
    sums = f"{sum(on for on, _ in judged)} against {sum(off for _, off in judged)} candidates"
    detail = f"{told}; {sums}, {sooner} sooner, {later} later; geometric mean of the cases {mean:.2f}"
    return Row(what, peer, ratio, "×", f"≤ {FLOOR}", ratio <= FLOOR, detail)


def cost(product: Mapping[str, Any]) -> int:
    """Candidates until the one that was offered; where none was, all that were checked."""
    return int(product["rank"]) if product["rank"] is not None else max(1, len(product["trials"]))


def _records(name: str, quick: bool) -> dict[str, dict[str, Any]]:
    """What came of each case, by its name."""
    out = peers.ROOT / "build" / "bench" / "hecate" / f"ranker-{name}"
    command = [
        sys.executable, "-m", "rusta_eval", "mutants", "--behaviour", "--unseen", "--seed", str(SEED),
        "--per-crate", str(QUICK if quick else PER_CRATE), "--no-baselines", "--budget", "wall=3600", "--out", str(out), "--json",
        *(["--without", RANKER] if name == "off" else []),
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return _read(out / "records.jsonl")


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Of the run that wrote last; records of an older product may stand before its own."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {
        str(row["id"]): row["product"] for row in rows if "lost" not in row and row["settings"] == rows[-1]["settings"]
    }
