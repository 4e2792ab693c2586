"""``rusta burst watch``: a run that shows itself on the terminal, burst by burst."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from rusta_burst.cli.options import FILE, existing, machine_settings, run_options
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option


@click.command("watch")
@click.argument("connectome", type=FILE)
@click.option("--bursts", type=click.IntRange(1, 100_000_000), default=300, show_default=True, help="How many.")
@click.option(
    "--hz", type=click.FloatRange(0, 1000, min_open=True), default=30.0, show_default=True, help="Bursts a second."
)
@run_options
@json_option
def watch_command(connectome: Path, bursts: int, hz: float, as_json: bool, **options: Any) -> None:
    """Run CONNECTOME and watch it: a bar and a trace for every area. In a pipe, one line a second."""
    from rusta_burst.exchange import formats
    from rusta_burst.pictures.live import LiveView
    from rusta_burst.running.machine import Machine

    machine = Machine(formats.load(existing(connectome)), machine_settings(**options))
    view = LiveView(machine, hz)
    console = Console(as_json=as_json)
    if as_json or not sys.stdout.isatty():
        _plain(machine, view, bursts, hz, console)
    else:
        _live(machine, view, bursts, hz)
    console.line(view.summary())


def _plain(machine: Any, view: Any, bursts: int, hz: float, console: Console) -> None:
    every = max(1, round(hz))
    for k in range(bursts):
        begun = time.perf_counter()
        view.note(machine.step(), time.perf_counter() - begun)
        console.json(view.last())
        if not console.as_json and (k + 1) % every == 0:
            console.line(view.line())


def _live(machine: Any, view: Any, bursts: int, hz: float) -> None:
    from rich.console import Console as RichConsole
    from rich.live import Live

    due = time.perf_counter()
    with Live(view.render(), console=RichConsole(), refresh_per_second=min(30, hz), transient=False) as live:
        for _ in range(bursts):
            begun = time.perf_counter()
            view.note(machine.step(), time.perf_counter() - begun)
            live.update(view.render())
            due = max(due + 1 / hz, time.perf_counter() - 1 / hz)
            time.sleep(max(0.0, due - time.perf_counter()))
