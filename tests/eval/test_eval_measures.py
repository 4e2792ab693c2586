"""The numbers of a report."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import record

from rusta_eval import measures


def test_a_row_counts_fixed_exact_deleted_and_wrong() -> None:
    row = measures.row(
        "all",
        [
            record(0, greedy=True),
            record(1, exact=False, lines=3, seconds=4.0),
            record(2, fixed=False, deleted=True, exact=False),
            record(3, fixed=False, wrong=True, exact=False),
            record(4, outcome="abstained"),
            record(5, outcome="nothing_to_do", harness=True),
            {"id": "x", "lost": "why", "set": "mutants"},
        ],
    )
    assert (row.n, row.harness, row.wrong) == (5, 2, 1)
    assert row.fixed == pytest.approx(2 / 5)
    assert row.exact == pytest.approx(1 / 5)
    assert row.deleted == pytest.approx(1 / 5)
    assert row.abstained == pytest.approx(1 / 5)
    assert row.lines == 2.0
    assert row.greedy == pytest.approx(1 / 5)
    assert row.greedy_seconds == 1.0
    assert row.greedy_proved_seconds == 1.5


def test_exactness_is_asked_only_where_the_original_is_known() -> None:
    row = measures.row("all", [record(0, case_strike=None, exact=None), record(1, exact=False)])
    assert row.exact == 0.0
    assert measures.right(record(0, case_strike=None, exact=None))
    assert not measures.right(record(1, exact=False))


def test_no_cases_have_no_figures() -> None:
    row = measures.row("none", [])
    assert (row.n, row.fixed, row.lines, row.interval) == (0, None, None, None)
    assert measures.ece(measures.reliability([], measures.right)) is None


def test_the_calibration_error_is_the_weighted_gap() -> None:
    records = [record(n, confidence=0.95, exact=n < 1) for n in range(2)]
    records += [record(n, confidence=0.25, exact=False) for n in range(2, 4)]
    bins = measures.reliability(records, measures.right)
    assert [b.n for b in bins if b.n] == [2, 2]
    assert measures.ece(bins) == pytest.approx(0.5 * 0.45 + 0.5 * 0.25)


def test_a_confidence_of_one_is_in_the_last_bin() -> None:
    bins = measures.reliability([record(confidence=1.0)], measures.right)
    assert bins[-1].n == 1


def test_offers_alone_are_calibrated() -> None:
    bins = measures.reliability([record(outcome="abstained")], measures.right)
    assert sum(b.n for b in bins) == 0


def test_abstaining_is_good_where_nothing_helps() -> None:
    found = measures.abstention(
        [
            record(0),
            record(1, outcome="abstained"),
            record(2, outcome="abstained", greedy=True),
            record(3, fixed=False, wrong=True),
        ]
    )
    assert found.abstained == 2
    assert found.precision == 0.5
    assert found.recall == pytest.approx(2 / 3)


def test_patches_that_were_only_shown_are_judged_all_the_same() -> None:
    def shown(number: int, fixed: bool, exact: bool | None) -> dict[str, object]:
        return record(number, outcome="abstained", asked={"fixed": fixed, "exact": exact, "confidence": 0.1})

    found = measures.abstention(
        [shown(0, True, False), shown(1, False, False), shown(2, True, True), shown(3, True, None), record(4)]
    )
    assert (found.abstained, found.asked, found.asked_wrong) == (4, 4, 1)
    assert (found.asked_other, found.asked_known) == (2, 3)


def test_each_number_has_a_truth_of_its_own() -> None:
    records = [
        record(0, confidence=0.9, verbatim=0.4, exact=False),
        record(1, confidence=0.9, verbatim=0.4, exact=True),
        record(2, confidence=0.9, verbatim=0.4, case_strike=None, exact=None),
    ]
    assert measures.ece(measures.confidences(records)) == pytest.approx(0.1)
    assert measures.ece(measures.verbatims(records)) == pytest.approx(0.1)
    assert sum(b.n for b in measures.verbatims(records)) == 2


def test_anchors_and_proposers_are_counted_over_offers() -> None:
    records = [
        record(0, anchors=2, resolved=1),
        record(1, anchors=0, resolved=0),
        record(2, outcome="abstained"),
    ]
    assert measures.anchors(records) == (2, 1, 0.5)
    assert measures.proposers([*records, record(3, proposers=["tokens", "tokens"])]) == {
        "suggestions": 2, "tokens": 1,
    }  # fmt: skip


def test_seconds_are_compared_where_both_came_to_a_repair() -> None:
    both = [record(0, greedy=True, seconds=3.0), record(1, greedy=True, seconds=5.0)]
    alone = [record(2, seconds=90.0), record(3, greedy=True, outcome="abstained", seconds=70.0)]
    race = measures.race([*both, *alone])
    assert (race.n, race.product, race.greedy, race.proved) == (2, 4.0, 1.0, 1.5)
    assert measures.race(alone) == measures.Race(0, None, None, None)


def test_groups_come_largest_first() -> None:
    records = [record(n, case_category="type" if n else "move") for n in range(4)]
    assert [(row.name, row.n) for row in measures.groups(records, lambda r: r["category"])] == [
        ("type", 3), ("move", 1),
    ]  # fmt: skip


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share(good: int, more: int) -> None:
    total = good + more
    interval = measures.wilson(good, total)
    if not total:
        assert interval is None
    else:
        assert interval is not None
        assert 0.0 <= interval[0] <= good / total + 1e-12
        assert good / total - 1e-12 <= interval[1] <= 1.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_the_calibration_error_is_between_none_and_one(offers: list[tuple[float, bool]]) -> None:
    records = [record(n, confidence=c, exact=e) for n, (c, e) in enumerate(offers)]
    bins = measures.reliability(records, measures.right)
    found = measures.ece(bins)
    assert sum(b.n for b in bins) == len(offers)
    assert (found is None) == (not offers)
    assert found is None or (0.0 <= found <= 1.0 and math.isfinite(found))
