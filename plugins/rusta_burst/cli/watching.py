"""``rusta burst watch``: a run that shows itself on the terminal, burst by burst."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rusta_burst.cli.options import FILE, connectome_at, machine_settings, run_options
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option

if TYPE_CHECKING:
    from rusta_burst.dynamics.deadline import DeadlineReport
    from rusta_burst.pictures.live import LiveView
    from rusta_burst.running.machine import Machine

# As in rusta_burst.dynamics.deadline, which would load numpy.
POLICIES = ("drop", "stretch", "fail")
_DRAWN = 20.0  # pictures a second


@click.command("watch")
@click.argument("connectome", type=FILE)
@click.option("--bursts", type=click.IntRange(1, 100_000_000), default=300, show_default=True, help="How many.")
@click.option(
    "--hz", type=click.FloatRange(0, 1000, min_open=True), default=30.0, show_default=True, help="Bursts a second."
)
@click.option(
    "--overrun",
    type=click.Choice(POLICIES),
    help="When a burst takes too long: drop the due times that have passed, stretch, or fail. Bursts then keep to --hz "
    "in a pipe, too, and a report of how regular they were ends the run.",
)
@run_options
@json_option
def watch_command(connectome: Path, bursts: int, hz: float, overrun: str | None, as_json: bool, **options: Any) -> None:
    """Run CONNECTOME and watch it: a bar and a trace for every area. In a pipe, one line a second."""
    from rusta_burst.exchange import formats
    from rusta_burst.pictures.live import LiveView
    from rusta_burst.running.machine import Machine

    machine = Machine(formats.load(connectome_at(connectome)), machine_settings(**options))
    view = LiveView(machine, hz)
    console = Console(as_json=as_json)
    if as_json or not sys.stdout.isatty():
        report = _plain(_Watched(machine, view, max(1, round(hz)), console), bursts, hz, overrun)
    else:
        report = _live(_Watched(machine, view, 0, console), bursts, hz, overrun or "drop")
    console.line(view.summary())
    if report is not None and overrun is not None:
        console.json({"deadline": asdict(report)})
        console.line(str(report))


class _Watched:
    """A machine whose bursts are noted; every so many of them a line is printed (0: none)."""

    def __init__(self, machine: Machine, view: LiveView, every: int, console: Console) -> None:
        self.view = view
        self._machine, self._every, self._console, self._count = machine, every, console, 0

    def step(self) -> None:
        begun = time.perf_counter()
        self.view.note(self._machine.step(), time.perf_counter() - begun)
        self._count += 1
        self._console.json(self.view.last())
        if self._every and not self._console.as_json and self._count % self._every == 0:
            self._console.line(self.view.line())


def _plain(watched: _Watched, bursts: int, hz: float, overrun: str | None) -> DeadlineReport | None:
    from rusta_burst.dynamics.deadline import run_at

    if overrun is not None:
        return run_at(watched, bursts, rate=hz, overrun=overrun)
    for _ in range(bursts):
        watched.step()
    return None


def _live(watched: _Watched, bursts: int, hz: float, overrun: str) -> DeadlineReport:
    from rich.console import Console as RichConsole
    from rich.live import Live

    from rusta_burst.dynamics.deadline import run_at

    with Live(watched.view.render(), console=RichConsole(), refresh_per_second=_DRAWN, transient=False) as live:
        drawn = time.perf_counter()

        def draw() -> None:
            nonlocal drawn
            drawn = time.perf_counter()
            live.update(watched.view.render())

        def sleep(seconds: float) -> None:
            """Drawing is done in the time that is left."""
            until = time.perf_counter() + seconds
            draw()
            time.sleep(max(0.0, until - time.perf_counter()))

        def stop() -> bool:
            """Asked before every burst: a run that is always late is drawn now and then."""
            if time.perf_counter() - drawn > 4 / _DRAWN:
                draw()
            return False

        try:
            return run_at(watched, bursts, rate=hz, overrun=overrun, sleep=sleep, stop=stop)
        finally:
            draw()
