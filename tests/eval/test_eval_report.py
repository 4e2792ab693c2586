"""What is shown: the table word for word, and a page that needs nothing else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from records import record

from rusta_eval.report import as_text, make_report, unfinished, write

RECORDS = [
    record(0, greedy=True),
    record(1, cargo=True, exact=False, lines=2),
    record(
        2,
        outcome="abstained",
        why="nothing proposes a change <for> it",
        nearest=["add `&` → E0308"],
    ),
    record(3, case_category="move", case_code="E0382", case_operator="drop_reference"),
]
GOLDEN = """\
mutants                    n   fixed  greedy cargofix   exact deleted lines probes    sec greedy s +proof s wrong
─────────────────────────────────────────────────────────────────────────────────────────────────────────────────
all                        4   75.0%   25.0%    25.0%   50.0%    0.0%     1      4   2.00     1.00     1.50     0

by class
borrow                     3   66.7%   33.3%    33.3%   33.3%    0.0%   1.5      4   2.00     1.00     1.50     0
move                       1  100.0%    0.0%     0.0%  100.0%    0.0%     1      4   2.00     1.00     1.50     0

by code
E0596                      3   66.7%   33.3%    33.3%   33.3%    0.0%   1.5      4   2.00     1.00     1.50     0
  … and 1 with fewer than 3 cases

by operator
drop_mut                   3   66.7%   33.3%    33.3%   33.3%    0.0%   1.5      4   2.00     1.00     1.50     0
drop_reference             1  100.0%    0.0%     0.0%  100.0%    0.0%     1      4   2.00     1.00     1.50     0

by crate
demo-0-abcdef              2  100.0%   50.0%     0.0%  100.0%    0.0%     1      4   2.00     1.00     1.50     0
demo-1-abcdef              1  100.0%    0.0%   100.0%    0.0%    0.0%     2      4   2.00     1.00     1.50     0
demo-2-abcdef              1    0.0%    0.0%     0.0%    0.0%    0.0%     –      4   2.00     1.00     1.50     0

fixed 75.0% (95 % interval 30.1% to 95.4%); wrong offers 0; harness faults 0
calibration: ECE of the confidence 0.100 (against the judge), of verbatim – (against the author's text)
anchors: 3 cited, 3 resolve; 100.0% of offers have one
abstained on 1: precision 100.0%, recall 100.0%
proposers in good repairs: suggestions 3
seconds, median, on the 1 that greedy fixes too: product 2.00, greedy 1.00, greedy with the same proof 1.50
"""
ABOUT = {"verb": "mutants", "budget": {"probes": 120.0}}


class Checker(HTMLParser):
    """Notes what is opened and closed, and everything that would be fetched."""

    VOID = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_table_is_as_it_was() -> None:
    assert as_text(make_report("mutants", RECORDS, ABOUT)) == GOLDEN


def test_open_cases_are_listed_with_their_diagnostics() -> None:
    text = as_text(make_report("mutants", RECORDS, ABOUT), unsolved=5)
    assert "✗ demo src/lib.rs:2  E0596  [id2]" in text
    assert "nothing proposes a change <for> it" in text
    assert "near: add `&` → E0308" in text


def test_wrong_offers_and_faults_are_told_first() -> None:
    lost = {"id": "y", "origin": "o", "code": None, "category": "type", "lost": "it died"}
    wrong = record(7, fixed=False, wrong=True)
    assert [r["id"] for r in unfinished([*RECORDS, wrong, lost])] == ["id7", "y", "id2"]


def test_the_page_stands_alone_and_escapes_everything(tmp_path: Path) -> None:
    lost = {**record(9), "lost": "<script>"}
    data, view = write(make_report("mutants <b>", [*RECORDS, lost], ABOUT), tmp_path)
    page = view.read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    assert checker.fetched == []
    assert not {"script", "link", "img", "iframe"} & checker.tags
    assert "svg" in checker.tags
    assert "&lt;for&gt;" in page
    assert "<b>cannot" not in page
    assert "prefers-color-scheme: dark" in page
    assert "width=device-width" in page
    assert not re.search(r"https?://|url\(", page)
    assert json.loads(data.read_text(encoding="utf-8"))["total"]["n"] == 4


def test_a_report_of_nothing_can_be_shown(tmp_path: Path) -> None:
    report = make_report("empty", [], {})
    assert "all                        0" in as_text(report)
    write(report, tmp_path)


def test_the_page_draws_every_figure_that_is_promised(tmp_path: Path) -> None:
    _, view = write(make_report("mutants", RECORDS, {}), tmp_path)
    page = view.read_text("utf-8")
    titles = re.findall(r"<svg[^>]*aria-label=\"([^\"]+)\"", page)
    for wanted in ("share fixed, by group", "what became of the cases, by group", "reliability of the confidence",
                   "shares", "share of cases within seconds", "share of cases within probes"):  # fmt: skip
        assert wanted in titles
    assert "exact: 50.0 % of 4" in page
    assert "nothing offered: 25.0 % of 4" in page
    assert "anchors that resolve" in page


def test_the_parts_of_a_group_never_reach_beyond_it() -> None:
    from rusta_eval import plots

    report = make_report("mutants", RECORDS, {})
    picture = plots.stacked([report.total, *report.tables["class"]])
    for place, width in re.findall(r'<rect class="\w+" x="([\d.]+)" y="\d+" width="([\d.]+)"', picture):
        assert 120 <= float(place) <= float(place) + float(width) <= 420.2
    assert plots.shares({"nothing is known": None}) == ""


def test_questions_are_told_of() -> None:
    shown = {"fixed": False, "exact": False, "confidence": 0.1, "verbatim": 0.1, "verdict": "test fails: a"}
    report = make_report("mutants", [record(0), record(1, outcome="abstained", asked=shown)], ABOUT)
    told = "of these, 1 asked about a proved patch: 1 would have been wrong, 1 of 1 not the author's text"
    assert told in as_text(report)
