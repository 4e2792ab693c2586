"""A run told three ways: a table for the terminal, JSON for programs, and a page to look at."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rusta_eval import measures
from rusta_eval.measures import Bin, Record, Row

_COLUMNS = (
    ("n", 5), ("fixed", 7), ("greedy", 7), ("cargofix", 8), ("exact", 7), ("deleted", 7), ("lines", 5), ("probes", 6),
    ("sec", 6), ("greedy s", 8), ("+proof s", 8), ("wrong", 5),
)  # fmt: skip
_FEWEST = 3


@dataclass(frozen=True)
class Report:
    """Everything that is shown. tables: title → rows, the total first."""

    title: str
    about: Mapping[str, Any]
    total: Row
    tables: Mapping[str, Sequence[Row]]
    confidence: Sequence[Bin]
    verbatim: Sequence[Bin]
    abstention: measures.Abstention
    anchors: tuple[int, int, float | None]
    proposers: Mapping[str, int]
    race: measures.Race
    records: Sequence[Record] = field(repr=False)

    @property
    def ece(self) -> float | None:
        """Of the confidence, against the judge."""
        return measures.ece(self.confidence)

    @property
    def ece_verbatim(self) -> float | None:
        """Of *verbatim*, against the author's text; None where no text is known."""
        return measures.ece(self.verbatim)

    def to_json(self) -> dict[str, Any]:
        return {
            "v": 1,
            "title": self.title,
            "about": dict(self.about),
            "total": self.total.to_json(),
            "tables": {name: [r.to_json() for r in rows] for name, rows in self.tables.items()},
            "calibration": {
                "ece": self.ece, "ece_verbatim": self.ece_verbatim,
                "bins": [asdict(b) for b in self.confidence], "bins_verbatim": [asdict(b) for b in self.verbatim],
            },
            "abstention": asdict(self.abstention),
            "anchors": {"cited": self.anchors[0], "resolved": self.anchors[1], "offers_with_one": self.anchors[2]},
            "proposers": dict(self.proposers),
            "race": asdict(self.race),
            "records": list(self.records),
        }  # fmt: skip


def make_report(title: str, records: Sequence[Record], about: Mapping[str, Any]) -> Report:
    """The report of some records."""
    tables: dict[str, list[Row]] = {}
    keys: tuple[tuple[str, Callable[[Record], str | None]], ...] = (
        ("set", lambda r: r["set"]),
        ("class", lambda r: r["category"]),
        ("code", lambda r: r["code"]),
        ("operator", lambda r: r["operator"]),
        ("crate", lambda r: r["name"] if r["strike"] and r["set"] != "programs" else None),
    )
    whole = [r for r in records if "lost" not in r]
    for name, key in keys:
        rows = measures.groups(whole, key)
        if len(rows) > 1:
            tables[name] = rows
    return Report(
        title=title,
        about=about,
        total=measures.row("all", records),
        tables=tables,
        confidence=measures.confidences(whole),
        verbatim=measures.verbatims(whole),
        abstention=measures.abstention(records),
        anchors=measures.anchors(records),
        proposers=measures.proposers(records),
        race=measures.race(records),
        records=records,
    )


def as_text(report: Report, *, unsolved: int = 0) -> str:
    """The table for the terminal; ``unsolved`` cases are listed after it."""
    total = report.total
    head = f"{report.title:<22}" + "".join(f"{name:>{width + 1}}" for name, width in _COLUMNS)
    lines = [head, "─" * len(head), _line(total)]
    for name, rows in report.tables.items():
        lines += ["", f"by {name}"]
        shown = [r for r in rows if r.n + r.harness >= _FEWEST] if name in ("code",) else list(rows)
        lines += [_line(r) for r in shown]
        if len(shown) < len(rows):
            lines.append(f"  … and {len(rows) - len(shown)} with fewer than {_FEWEST} cases")
    cited, resolved, covered = report.anchors
    low, high = total.interval or (0.0, 0.0)
    lines += [
        "",
        f"fixed {_percent(total.fixed)} (95 % interval {_percent(low)} to {_percent(high)});"
        f" wrong offers {total.wrong}; harness faults {total.harness}",
        f"calibration: ECE of the confidence {_number(report.ece, 3)} (against the judge),"
        f" of verbatim {_number(report.ece_verbatim, 3)} (against the author's text)",
        f"anchors: {cited} cited, {resolved} resolve; {_percent(covered)} of offers have one",
        f"abstained on {report.abstention.abstained}: precision {_percent(report.abstention.precision)},"
        f" recall {_percent(report.abstention.recall)}",
        *_asked(report.abstention),
        f"proposers in good repairs: {', '.join(f'{k} {v}' for k, v in report.proposers.items()) or 'none'}",
    ]
    if report.race.n:
        both = report.race
        lines.append(
            f"seconds, median, on the {both.n} that greedy fixes too: product {_number(both.product, 2)},"
            f" greedy {_number(both.greedy, 2)}, greedy with the same proof {_number(both.proved, 2)}"
        )
    if any(r.get("greedy", {}).get("cached") for r in report.records):
        lines.append("baselines are from an earlier run on this machine; compare seconds only with --fresh")
    for record in unfinished(report.records)[:unsolved]:
        lines += ["", *_unsolved(record)]
    return "\n".join(lines) + "\n"


def unfinished(records: Sequence[Record]) -> list[Record]:
    """The cases without a good repair: wrong ones and harness faults first."""
    open_cases = [r for r in records if "lost" in r or not r["product"]["fixed"]]
    return sorted(
        open_cases,
        key=lambda r: 0 if "lost" in r else 1 - r["product"]["wrong"] - r["product"]["harness"],
    )


def _unsolved(record: Record) -> list[str]:
    head = f"✗ {record['origin']}  {record['code'] or record['category']}  [{record['id']}]"
    if "lost" in record:
        return [head, f"  not measured: {record['lost']}"]
    product = record["product"]
    beside = ", ".join(b for b in measures.BASELINES if record.get(b, {}).get("fixed"))
    lines = [head, f"  {product['outcome']}: {product['verdict']}; {product['why']}"]
    if beside:
        lines.append(f"  fixed by: {beside}")
    if record["strike"]:
        lines.append(f"  the mistake: {record['strike']['operator']}, {record['strike']['text']!r}")
    lines += [f"  near: {text}" for text in product["nearest"]]
    if product["wrong"]:
        lines += [f"  {line}" for line in product["diff"].splitlines()[:20]]
    lines += [f"  | {line}" for text in record["diagnostics"][:1] for line in text.splitlines()[:14]]
    return lines


def write(report: Report, out: Path) -> tuple[Path, Path]:
    """Write ``report.json`` and ``report.html`` into ``out``; gives both places."""
    from rusta_eval.dashboard import page

    data, view = out / "report.json", out / "report.html"
    data.write_text(json.dumps(report.to_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    view.write_text(page(report), encoding="utf-8")
    return data, view


def about(settings: Any, verb: str, **more: Any) -> dict[str, Any]:
    """What a report says of how it was made."""
    return {
        "verb": verb,
        "made": time.strftime("%Y-%m-%d %H:%M:%S"),
        "budget": dict(settings.budget),
        "without": list(settings.without),
        "seed": settings.seed,
        "product": settings.product,
        **more,
    }


def _line(row: Row) -> str:
    cells = (
        str(row.n), _percent(row.fixed), _percent(row.greedy), _percent(row.cargo_fix), _percent(row.exact),
        _percent(row.deleted), _number(row.lines, 1), _number(row.probes, 1), _number(row.seconds, 2),
        _number(row.greedy_seconds, 2), _number(row.greedy_proved_seconds, 2), str(row.wrong),
    )  # fmt: skip
    text = "".join(f"{cell:>{width + 1}}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
    return f"{row.name[:22]:<22}{text}"


def _asked(found: measures.Abstention) -> list[str]:
    """What became of patches that were shown as a question instead of being offered."""
    if not found.asked:
        return []
    other = f", {found.asked_other} of {found.asked_known} not the author's text" if found.asked_known else ""
    return [f"  of these, {found.asked} asked about a proved patch: {found.asked_wrong} would have been wrong{other}"]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}".removesuffix(".0")
