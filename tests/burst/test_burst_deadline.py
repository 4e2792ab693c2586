"""Bursts at a fixed rate, told by a clock of the test's own: nothing here depends on how fast the machine is."""

from __future__ import annotations

from typing import Any

import pytest

from rusta_burst.dynamics.burst import Burst
from rusta_burst.dynamics.deadline import DeadlineMissed, DeadlineReport, run_at
from rusta_burst.dynamics.models import leaky
from rusta_burst.errors import InvalidInput


class Clock:
    """Time that passes only by sleeping and by steps of known length."""

    def __init__(self, lengths: list[float]) -> None:
        self.now, self.lengths, self.begun = 0.0, lengths, list[float]()

    def step(self) -> None:
        self.begun.append(round(self.now, 6))
        self.now += self.lengths[len(self.begun) - 1]

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def run(self, **options: Any) -> DeadlineReport:
        return run_at(self, len(self.lengths), rate=10.0, clock=lambda: self.now, sleep=self.sleep, **options)


def test_punctual_bursts_begin_when_they_are_due() -> None:
    clock = Clock([0.05, 0.01, 0.09, 0.02])
    report = clock.run(overrun="fail")
    assert clock.begun == [0.0, 0.1, 0.2, 0.3]
    assert (report.bursts, report.overruns, report.dropped, report.jitter_max) == (4, 0, 0, 0.0)
    assert report.duration_max == pytest.approx(0.09)
    assert "4 bursts, 100.0 ms each" in str(report)


def test_drop_leaves_due_times_out_and_keeps_the_beat() -> None:
    clock = Clock([0.25, 0.01, 0.01])
    report = clock.run(overrun="drop")
    assert clock.begun == [0.0, 0.3, 0.4]
    assert (report.overruns, report.dropped) == (1, 2)


def test_stretch_goes_on_at_once_and_moves_the_beat() -> None:
    clock = Clock([0.25, 0.01, 0.01])
    report = clock.run(overrun="stretch")
    assert clock.begun == [0.0, 0.25, 0.35]
    assert (report.overruns, report.dropped) == (1, 0)


def test_fail_stops_behind_the_burst_that_was_late() -> None:
    clock = Clock([0.01, 0.15, 0.01])
    with pytest.raises(DeadlineMissed, match=r"burst 1 of this run took 150\.00 ms and ended 50\.00 ms late") as caught:
        clock.run(overrun="fail")
    assert len(clock.begun) == 2
    assert caught.value.report.bursts == 2


def test_percentiles_are_those_of_the_durations() -> None:
    report = Clock([0.01] * 98 + [0.05, 0.09]).run()
    assert report.duration_p50 == pytest.approx(0.01)
    assert 0.05 <= report.duration_p99 <= 0.09


def test_a_run_can_be_paused_and_goes_on_with_the_same_spikes() -> None:
    networks = [Burst(leaky(50, threshold=0, excitability=0.2), seed=3) for _ in range(2)]
    asked = iter([False] * 4 + [True])
    report = run_at(networks[0], 10, rate=1e6, overrun="stretch", stop=lambda: next(asked))
    assert report.bursts == networks[0].number == 4
    run_at(networks[0], 6, rate=1e6)
    networks[1].run(10)
    assert networks[0].ledger.bits.tolist() == networks[1].ledger.bits.tolist()


@pytest.mark.parametrize(
    ("bursts", "options", "message"),
    [(-1, {}, "bursts"), (1, {"rate": 0.0}, "rate"), (1, {"rate": float("nan")}, "rate"), (1, {"overrun": "x"}, "'x'")],
)
def test_bad_arguments_are_refused(bursts: int, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        run_at(Clock([1.0]), bursts, **options)
