"""A report as one page that needs nothing else: readable on a phone, in light and in dark, without scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from rusta_eval import measures, plots
from rusta_eval.measures import Record, Row

if TYPE_CHECKING:
    from rusta_eval.report import Report

_HEADS = (
    "", "n", "fixed", "greedy", "cargo fix", "exact", "by deletion", "lines", "probes", "seconds", "greedy s",
    "+ proof s", "abstained", "wrong", "faults",
)  # fmt: skip
_BUSIEST = 18
_LINES = ("1", "2", "3", "4", "5+")


def page(report: Report) -> str:
    """The whole page. Everything that comes from programs or compilers is escaped."""
    about = " · ".join(f"{k} {_plain(v)}" for k, v in report.about.items() if v not in ([], {}, None))
    parts = [
        "<!doctype html><html lang=en><head><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width,initial-scale=1">',
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none';style-src 'unsafe-inline'\">",
        f"<title>{escape(report.title)}</title><style>{_style()}</style></head><body>",
        f"<h1>{escape(report.title)}</h1><p class=faint>{escape(about)}</p>",
        _tiles(report),
        "<h2>At a glance</h2>",
        f"<p>{plots.legend()}</p>",
        _plots(report),
    ]
    for name, rows in (("all", [report.total]), *report.tables.items()):
        parts.append(f"<h2>{'All cases' if name == 'all' else f'By {escape(name)}'}</h2>{_table(rows)}")
    parts.append(_unsolved(report.records))
    parts.append("</body></html>\n")
    return "".join(parts)


def _style() -> str:
    return (files("rusta_eval") / "dashboard.css").read_text(encoding="utf-8")


def _tiles(report: Report) -> str:
    total = report.total
    cited, resolved, covered = report.anchors
    low, high = total.interval or (0.0, 0.0)
    tiles = [
        (_share(total.fixed), f"fixed of {total.n} ({_share(low)} to {_share(high)})", ""),
        (_share(total.greedy), "greedy", ""),
        (_share(total.cargo_fix), "cargo fix", ""),
        (_share(total.exact), "exactly the original", ""),
        (_number(total.lines), "lines, median of good repairs", ""),
        (_number(total.seconds), f"seconds, median (greedy {_number(total.greedy_seconds)})", ""),
        (str(total.wrong), "wrong offers", "bad" if total.wrong else "good"),
        (str(total.harness), "harness faults", "bad" if total.harness else "good"),
        (_small(report.ece), "ECE of the confidence, against the judge", ""),
        (_small(report.ece_verbatim), "ECE of verbatim, against the author's text", ""),
        (f"{resolved}/{cited}", f"anchors resolve; {_share(covered)} of offers have one", ""),
        (
            _share(report.abstention.precision),
            f"of {report.abstention.abstained} abstentions no baseline fixed",
            "",
        ),
        *_asked_tile(report.abstention),
    ]
    body = "".join(
        f'<div class="tile {css}"><b>{escape(value)}</b><span class=faint>{escape(text)}</span></div>'
        for value, text, css in tiles
    )
    return f"<div class=tiles>{body}</div>"


def _asked_tile(found: measures.Abstention) -> list[tuple[str, str, str]]:
    if not found.asked:
        return []
    return [(f"{found.asked_wrong}/{found.asked}", "patches shown as a question would have been wrong", "")]


def _plots(report: Report) -> str:
    good = measures.measured(report.records)
    seconds = {
        name: [r[key]["seconds"] for r in good if key in r]
        for name, key in (("rusta", "product"), ("greedy", "greedy"), ("cargo fix", "cargo_fix"))
    }
    lines = Counter(_LINES[min(5, r["product"]["lines"]) - 1] for r in good if r["product"]["fixed"])
    ranks = Counter(
        _LINES[min(5, r["product"]["rank"]) - 1] for r in good if r["product"]["fixed"] and r["product"]["rank"]
    )
    probes = [r["product"]["probes"] for r in good]
    cited, resolved, covered = report.anchors
    groups = [report.total, *report.tables.get("class", ())]
    evidence = {
        "anchors that resolve": resolved / cited if cited else None,
        "offers with an anchor": covered,
        "abstentions that no baseline fixed": report.abstention.precision,
        "hopeless cases abstained on": report.abstention.recall,
    }
    figures = (
        (plots.bars(groups), "share of cases with a good repair, by class"),
        (plots.stacked(groups), "what became of the cases, by class", plots.parts_legend()),
        (plots.reliability(report.confidence),
         f"confidence against the share that the judge calls good; ECE {_small(report.ece)}"),
        (plots.reliability(report.verbatim, "verbatim"),
         f"verbatim against the share that is the author's text; ECE {_small(report.ece_verbatim)}"),
        (plots.shares(evidence), "the evidence, and how well it knows its limits"),
        (plots.growth({k: v for k, v in seconds.items() if v}, "seconds"), "share of cases done within a time"),
        (plots.growth({"rusta": probes}, "probes"), "share of cases done within a number of compilations"),
        (plots.columns({k: lines[k] for k in _LINES if lines[k]}, "changed lines"), "size of good repairs"),
        (plots.columns({k: ranks[k] for k in _LINES if ranks[k]}, "rank of the winner"),
         "how many candidates were compiled up to the one that was offered"),
        (plots.counts(_most(report.proposers)), "good repairs that each proposer had a part in"),
    )  # fmt: skip
    return (
        "<div class=plots>"
        + "".join(
            f"<figure><figcaption>{escape(text)}{''.join(f'<div>{key}</div>' for key in keys)}</figcaption>{svg}</figure>"
            for svg, text, *keys in figures
            if svg
        )
        + "</div>"
    )


def _most(proposers: Mapping[str, int]) -> dict[str, int]:
    """The busiest ones, and all others together: a picture of ninety bars shows nothing."""
    shown = dict(list(proposers.items())[:_BUSIEST])
    rest = list(proposers.values())[_BUSIEST:]
    return {**shown, f"{len(rest)} others": sum(rest)} if rest else shown


def _table(rows: Sequence[Row]) -> str:
    head = "".join(f"<th>{text}</th>" for text in _HEADS)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(row)) + "</tr>" for row in rows)
    return f"<div class=scroll><table><tr>{head}</tr>{body}</table></div>"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name, str(row.n), _share(row.fixed), _share(row.greedy), _share(row.cargo_fix), _share(row.exact),
        _share(row.deleted), _number(row.lines), _number(row.probes), _number(row.seconds),
        _number(row.greedy_seconds), _number(row.greedy_proved_seconds), _share(row.abstained), str(row.wrong),
        str(row.harness),
    )  # fmt: skip


def _unsolved(records: Sequence[Record]) -> str:
    from rusta_eval.report import unfinished

    found = unfinished(records)
    return f"<h2>Without a good repair: {len(found)}</h2>" + "".join(map(_case, found))


def _case(record: Record) -> str:
    name = f"<b>{escape(record['code'] or record['category'])}</b> {escape(record['origin'])}"
    if "lost" in record:
        return f"<details><summary>{name}: not measured</summary><pre>{escape(record['lost'])}</pre></details>"
    product = record["product"]
    beside = ", ".join(b.replace("_", " ") for b in measures.BASELINES if record.get(b, {}).get("fixed"))
    parts = [f"<p>{escape(product['why'])}</p>"]
    if record["strike"]:
        strike = record["strike"]
        parts.append(f"<p>the mistake: {escape(strike['operator'])}, <code>{escape(strike['text'])}</code></p>")
    parts += [f"<pre>{escape(text)}</pre>" for text in record["diagnostics"]]
    parts += [f"<p>near: {escape(text)}</p>" for text in product["nearest"]]
    for title, text in (("offered", product["diff"]), ("source", record["source"])):
        if text:
            parts.append(f"<details><summary>{title}</summary><pre>{escape(text)}</pre></details>")
    more = f" (fixed by {beside})" if beside else ""
    verdict = escape(f"{product['outcome']}: {product['verdict']}{more}")
    return f"<details><summary>{name}: <span class=faint>{verdict}</span></summary>{''.join(parts)}</details>"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _small(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
