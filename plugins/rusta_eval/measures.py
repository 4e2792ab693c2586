"""Numbers from records. Pure functions; a record is what :func:`rusta_eval.trial.run_case` returns.

A case counts as *fixed* when the judge says so; a fix by deletion is counted apart and is none. A rate is over all
cases, those that could not be measured (harness faults) left out and reported.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Record = Mapping[str, Any]
BINS = 10
BASELINES = ("greedy", "cargo_fix")


@dataclass(frozen=True)
class Row:
    """Figures of a group of cases. Shares are in 0..1; None where nothing can be said."""

    name: str
    n: int
    fixed: float | None
    exact: float | None
    deleted: float | None
    lines: float | None
    probes: float | None
    seconds: float | None
    greedy: float | None
    cargo_fix: float | None
    greedy_seconds: float | None
    greedy_proved_seconds: float | None
    abstained: float | None
    wrong: int
    harness: int
    interval: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Bin:
    """Offers with a confidence in one tenth of the scale: how many, their mean confidence, the share that was right."""

    low: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True)
class Abstention:
    """How well the product knows its limits. Unfixable: no method here fixed the case, or what it found was wrong.

    precision: of the cases it abstained on, the share that neither baseline fixed either. recall: of the cases
    where it had nothing right to offer, the share on which it abstained.

    asked: of the abstentions, those with a proved patch that was only shown, as a question. Of these, asked_wrong would
    have failed the judge, and asked_other are not the author's text (of the asked_known whose text is known).
    """

    abstained: int
    precision: float | None
    recall: float | None
    asked: int = 0
    asked_wrong: int = 0
    asked_other: int = 0
    asked_known: int = 0


def measured(records: Iterable[Record]) -> list[Record]:
    """Those that say something about the product."""
    return [r for r in records if "lost" not in r and not r["product"]["harness"]]


def faults(records: Iterable[Record]) -> list[Record]:
    """Those that say something about the harness only."""
    return [r for r in records if "lost" in r or r["product"]["harness"]]


def row(name: str, records: Sequence[Record]) -> Row:
    """The figures of one group."""
    good = measured(records)
    fixed = [r for r in good if r["product"]["fixed"]]
    known = [r for r in good if original_known(r)]
    greedy = [r for r in good if "greedy" in r]
    count = len(good)
    return Row(
        name=name,
        n=count,
        fixed=_share(len(fixed), count),
        exact=_share(sum(bool(r["product"]["exact"]) for r in known), len(known)),
        deleted=_share(sum(bool(r["product"]["deleted"]) for r in good), count),
        lines=_median(r["product"]["lines"] for r in fixed),
        probes=_median(r["product"]["probes"] for r in good),
        seconds=_median(r["product"]["seconds"] for r in good),
        greedy=_share(sum(bool(r["greedy"]["fixed"]) for r in greedy), len(greedy)),
        cargo_fix=_share(sum(bool(r["cargo_fix"]["fixed"]) for r in greedy), len(greedy)),
        greedy_seconds=_median(r["greedy"]["seconds"] for r in greedy),
        greedy_proved_seconds=_median(r["greedy"]["seconds"] + r["greedy"]["proof_seconds"] for r in greedy),
        abstained=_share(sum(r["product"]["outcome"] != "repaired" for r in good), count),
        wrong=sum(bool(r["product"]["wrong"]) for r in good),
        harness=len(records) - count,
        interval=wilson(len(fixed), count),
    )


@dataclass(frozen=True)
class Race:
    """Seconds, medians, over the ``n`` cases that the product and greedy both fix.

    product: to a proved patch. greedy: until it compiles; proved: and until the same proof has been run on it.
    """

    n: int
    product: float | None
    greedy: float | None
    proved: float | None


def race(records: Iterable[Record]) -> Race:
    """The comparison of seconds that is like for like: greedy gives up on most of the others after one look."""
    both = [r for r in measured(records) if r["product"]["fixed"] and r.get("greedy", {}).get("fixed")]
    return Race(
        len(both),
        _median(r["product"]["seconds"] for r in both),
        _median(r["greedy"]["seconds"] for r in both),
        _median(r["greedy"]["seconds"] + r["greedy"]["proof_seconds"] for r in both),
    )


def groups(records: Sequence[Record], key: Callable[[Record], str | None]) -> list[Row]:
    """A row for each value of ``key``, the largest group first."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(key(record) or "none", []).append(record)
    return [row(name, group) for name, group in sorted(found.items(), key=lambda g: (-len(g[1]), g[0]))]


def right(record: Record) -> bool:
    """The offer is what the author wants: his own text where that is known, else what the judge calls fixed."""
    return exact(record) if original_known(record) else fixed(record)


def fixed(record: Record) -> bool:
    """The judge calls it a good repair: what *confidence* is about."""
    return bool(record["product"]["fixed"])


def exact(record: Record) -> bool:
    """It is the author's text, token for token: what *verbatim* is about."""
    return bool(record["product"]["exact"])


def reliability(
    records: Iterable[Record],
    truth: Callable[[Record], bool],
    trust: Callable[[Record], float | None] | None = None,
) -> list[Bin]:
    """The reliability diagram: offers by confidence, in ten bins of equal width."""
    asked = trust or (lambda r: r["product"]["confidence"])
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for record in measured(records):
        value = asked(record)
        if record["product"]["offered"] and value is not None:
            bins[min(BINS - 1, int(value * BINS))].append((value, truth(record)))
    return [
        Bin(
            index / BINS,
            len(items),
            statistics.fmean(v for v, _ in items) if items else 0.0,
            statistics.fmean(float(t) for _, t in items) if items else 0.0,
        )
        for index, items in enumerate(bins)
    ]


def confidences(records: Iterable[Record]) -> list[Bin]:
    """The reliability of the confidence, against the judge."""
    return reliability(records, fixed)


def verbatims(records: Iterable[Record]) -> list[Bin]:
    """The reliability of *verbatim*, against the author's text; only where that is known."""
    known = [r for r in records if original_known(r)]
    return reliability(known, exact, lambda r: r["product"].get("verbatim"))


def ece(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error (Naeini et al. 2015): mean gap of confidence and accuracy, weighted by bin size."""
    total = sum(b.n for b in bins)
    return sum(b.n * abs(b.confidence - b.right) for b in bins) / total if total else None


def abstention(records: Iterable[Record]) -> Abstention:
    """The quality of abstaining; see :class:`Abstention`."""
    good = measured(records)
    abstained = [r for r in good if not r["product"]["offered"]]
    hopeless = [r for r in abstained if not any(r.get(b, {}).get("fixed") for b in BASELINES)]
    nothing_right = [r for r in good if not r["product"]["fixed"]]
    asked = [r["product"]["asked"] for r in abstained if r["product"].get("asked")]
    known = [shown for shown in asked if shown["exact"] is not None]
    return Abstention(
        len(abstained),
        _share(len(hopeless), len(abstained)),
        _share(len(abstained), len(nothing_right)),
        len(asked),
        sum(not shown["fixed"] for shown in asked),
        sum(not shown["exact"] for shown in known),
        len(known),
    )


def anchors(records: Iterable[Record]) -> tuple[int, int, float | None]:
    """(anchors, those that resolve, share of offers with at least one)."""
    offers = [r["product"] for r in measured(records) if r["product"]["offered"]]
    return (
        sum(p["anchors"] for p in offers),
        sum(p["resolved"] for p in offers),
        _share(sum(p["anchors"] > 0 for p in offers), len(offers)),
    )


def proposers(records: Iterable[Record]) -> dict[str, int]:
    """How many good repairs each proposer had a part in."""
    found: dict[str, int] = {}
    for record in measured(records):
        if record["product"]["fixed"]:
            for name in set(record["product"]["proposers"]):
                found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def wilson(good: int, total: int, z: float = 1.96) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson 1927): right for small numbers too."""
    if not total:
        return None
    share = good / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def original_known(record: Record) -> bool:
    """It is a mistake that was made in a text that was right."""
    return record.get("strike") is not None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return float(statistics.median(found)) if found else None
