"""The picture of a running network on a terminal: a bar, a trace and a number for every area."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from rusta_burst.dynamics.burst import Report
from rusta_burst.running.machine import Machine

if TYPE_CHECKING:
    from rich.console import RenderableType

_BLOCKS = " ▁▂▃▄▅▆▇█"
_TRACE = 30
_BAR = 10
_AREAS = 24


class LiveView:
    """Collects what bursts report and draws it."""

    def __init__(self, machine: Machine, hz: float) -> None:
        c = machine.connectome
        self._machine, self._hz = machine, hz
        self._names = [area.name for area in c.areas]
        self._sizes = np.bincount(c.neurons.area[c.neurons.alive == 1], minlength=len(c.areas)).astype(np.int64)
        self._area = c.neurons.area
        self._traces: list[deque[float]] = [deque(maxlen=_TRACE) for _ in c.areas]
        self._times: deque[float] = deque(maxlen=1000)
        self._last: dict[str, Any] = {}
        self._spikes = self._bursts = self._late = 0

    def note(self, report: Report, seconds: float) -> None:
        """A burst has ended; ``seconds`` is what it took."""
        fired = np.bincount(self._area[report.fired], minlength=len(self._names))
        shares = fired / np.maximum(1, self._sizes)
        for trace, share in zip(self._traces, shares.tolist(), strict=True):
            trace.append(share)
        self._times.append(seconds)
        self._bursts += 1
        self._spikes += len(report.fired)
        self._late += seconds > 1 / self._hz
        self._last = {
            "burst": report.burst,
            "fired": len(report.fired),
            "events": report.events,
            "ms": round(seconds * 1e3, 3),
            "areas": dict(zip(self._names, fired.tolist(), strict=True)),
        }

    def last(self) -> dict[str, Any]:
        """The last burst as plain data."""
        return self._last

    def line(self) -> str:
        """The last burst in a line."""
        areas = ", ".join(f"{name} {count:,}" for name, count in list(self._last["areas"].items())[:8])
        return f"burst {self._last['burst']}: {self._last['fired']:,} fired ({areas}) in {self._last['ms']:.2f} ms"

    def summary(self) -> str:
        """All bursts in a line, with what they took."""
        times = np.asarray(self._times) * 1e3
        middle, late = np.quantile(times, [0.5, 0.99]) if len(times) else (0.0, 0.0)
        return (
            f"{self._bursts:,} bursts, {self._spikes:,} spikes; a burst took {middle:.2f} ms in the middle, "
            f"{late:.2f} ms at the 99th percentile; {self._late:,} took longer than 1/{self._hz:g} s"
        )

    def render(self) -> RenderableType:
        """The picture."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="dim")
        for name, right in (
            ("area", False),
            ("neurons", True),
            ("firing", True),
            ("", False),
            (f"last {_TRACE} bursts", False),
        ):
            table.add_column(name, justify="right" if right else "left", no_wrap=True)
        shown = np.argsort(-self._sizes, kind="stable")[:_AREAS]
        for k in sorted(shown.tolist()):
            trace = self._traces[k]
            share = trace[-1] if trace else 0.0
            most = max(trace, default=0.0)
            filled = round(share * _BAR)
            bar = Text("█" * filled + "·" * (_BAR - filled), style="cyan")
            drawn = "".join(_BLOCKS[round(value / most * (len(_BLOCKS) - 1)) if most else 0] for value in trace)
            table.add_row(
                Text(self._names[k][:24]),
                f"{self._sizes[k]:,}",
                f"{100 * share:6.2f} %",
                bar,
                Text(drawn, style="green"),
            )
        table.caption = self.line() if self._last else "waiting"
        table.caption_justify = "left"
        return table
