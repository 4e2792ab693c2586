"""Classes of compiler messages: a 4-bit readout on a virtual device against a logistic regression on the same features.

The messages come from this toolchain's documentation and are kept in build/bench/akida; the split into learning and
testing is by the hash of each program, or of each error code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rusta_akida import Message, collect_messages, fresh_code, fresh_program, judge_hints
from rusta_bench.peers import ROOT
from rusta_bench.table import Job, Row
from rusta_cargo import find_toolchain


def jobs(quick: bool) -> list[Job]:
    """Accuracy on fresh programs, and on error codes that were never learnt."""
    return [
        (f"class of a message, int4 on the device, {what}", partial(_compare, aside, what, 250 if quick else None))
        for aside, what in ((fresh_program, "fresh programs"), (fresh_code, "error codes never seen"))
    ]


def _compare(aside: Callable[[Message], bool], what: str, most: int | None) -> list[Row]:
    toolchain = find_toolchain(ROOT)
    kept = ROOT / "build" / "bench" / "akida" / f"messages-{toolchain.identity[:12]}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    found = judge_hints(collect_messages(toolchain, most=most, kept=kept), aside, what)
    assert not found.mismatches, "the device answers something else than the reference"
    counts = f"{found.known} known, {found.fresh} fresh"
    detail = f"logistic {found.logistic:.1%}, always '{found.common}' {found.commonest:.1%}; {counts}"
    peer = "logistic regression, float, same features"
    # Two figures from so few messages differ by chance: one standard error of their difference is granted.
    met = found.readout >= found.logistic - found.noise
    name = f"class of a message, int4 on the device, {what}"
    return [Row(name, peer, found.readout, "accuracy", "≥ peer ± noise", met, detail)]
