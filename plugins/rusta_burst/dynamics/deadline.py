"""Bursts at a fixed rate: when each begins, what happens when one is late, and a report of how regular it was.

Burst k is due at start + k / rate. A burst that ends after the next one is due has *overrun*; the policy says what then:

* ``drop``: the due times that have passed are left out, and the next burst begins at the first one to come;
* ``stretch``: the next burst begins at once, and all later due times move;
* ``fail``: `DeadlineMissed`; the network stands after the burst that was late, ready to go on.

What bursts compute depends on their number only, never on time, so a late run gives the same spikes as a punctual one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rusta_burst.errors import BurstError, InvalidInput

POLICIES = ("drop", "stretch", "fail")


class Steps(Protocol):
    """Anything with bursts."""

    def step(self) -> object: ...


class DeadlineMissed(BurstError):
    """A burst took longer than its period under the policy ``fail``. ``report`` is that of the bursts so far."""

    def __init__(self, message: str, report: DeadlineReport) -> None:
        super().__init__(message)
        self.report = report


@dataclass(frozen=True)
class DeadlineReport:
    """Times in seconds. ``jitter``: how much later than due bursts began; ``dropped``: due times that were left out."""

    bursts: int
    rate: float
    overruns: int
    dropped: int
    duration_p50: float
    duration_p99: float
    duration_max: float
    jitter_p50: float
    jitter_p99: float
    jitter_max: float

    def __str__(self) -> str:
        period = 1e3 / self.rate
        return (
            f"{self.bursts} bursts, {period:.1f} ms each: took P50 {self.duration_p50 * 1e3:.2f} ms, P99 "
            f"{self.duration_p99 * 1e3:.2f} ms, at most {self.duration_max * 1e3:.2f} ms; began late by P50 "
            f"{self.jitter_p50 * 1e3:.2f} ms, P99 {self.jitter_p99 * 1e3:.2f} ms; {self.overruns} overran, "
            f"{self.dropped} due times dropped"
        )


def run_at(
    network: Steps,
    bursts: int,
    *,
    rate: float = 30.0,
    overrun: str = "drop",
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
    stop: Callable[[], bool] = lambda: False,
) -> DeadlineReport:
    """Run ``bursts`` bursts at ``rate`` a second; ``stop`` is asked before each and pauses the run.

    Raises:
        InvalidInput: an argument is out of range.
        DeadlineMissed: a burst overran under the policy ``fail``.
    """
    if isinstance(bursts, bool) or not isinstance(bursts, int) or bursts < 0:
        raise InvalidInput(f"bursts: expected a whole number from 0 on, got {bursts!r}")
    if not 1e-3 <= rate <= 1e6:
        raise InvalidInput(f"rate: expected 0.001 to 1000000 bursts a second, got {rate!r}")
    if overrun not in POLICIES:
        raise InvalidInput(f"overrun: {overrun!r} is none of {', '.join(POLICIES)}")
    period = 1.0 / rate
    times = np.zeros((2, bursts))  # duration and lateness
    overruns = dropped = 0
    due = clock()
    for number in range(bursts):
        if stop():
            return _report(times[:, :number], rate, overruns, dropped)
        wait = due - clock()
        if wait > 0:
            sleep(wait)
        began = clock()
        network.step()
        ended = clock()
        times[:, number] = ended - began, max(began - due, 0.0)
        due += period
        if ended <= due:
            continue
        overruns += 1
        if overrun == "fail":
            report = _report(times[:, : number + 1], rate, overruns, dropped)
            raise DeadlineMissed(
                f"burst {number} of this run took {(ended - began) * 1e3:.2f} ms and ended {(ended - due) * 1e3:.2f} ms "
                f"late; lower the rate of {rate:g}, or choose the policy drop or stretch",
                report,
            )
        if overrun == "stretch":
            due = ended
        else:
            late = int((ended - due) / period) + 1
            dropped += late
            due += late * period
    return _report(times, rate, overruns, dropped)


def _report(times: NDArray[np.float64], rate: float, overruns: int, dropped: int) -> DeadlineReport:
    def of(row: NDArray[np.float64]) -> tuple[float, float, float]:
        if not row.size:
            return 0.0, 0.0, 0.0
        p50, p99 = np.percentile(row, [50, 99])
        return float(p50), float(p99), float(row.max())

    return DeadlineReport(times.shape[1], rate, overruns, dropped, *of(times[0]), *of(times[1]))
