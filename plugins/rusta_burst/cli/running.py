"""``rusta burst run``: bursts as an episode, logged and resumable."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Any

import click

from rusta_burst.cli.options import FILE, connectome_at, existing, machine_settings, run_options, settings_of, writable
from rusta_conductor.budget import parse_budget
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context

_CHUNKS = 40
_WALL = 86_400.0


@click.command("run", epilog="Exit codes: 0 done, 1 it cannot be run, 2 bad input, 3 budget used up, 130 interrupted.")
@click.argument("connectome", type=FILE)
@click.option("--bursts", type=click.IntRange(1, 100_000_000), default=300, show_default=True, help="How many.")
@click.option("-o", "--output", type=FILE, metavar="SPIKES", help="Write who fired when (.spikes).")
@click.option("--learned", type=FILE, metavar="FILE", help="Write the connectome with the weights it has at the end.")
@click.option("--snapshot", type=FILE, help="Write the state at the end, to go on from with --from.")
@click.option("--from", "origin", type=FILE, help="Begin from this snapshot.")
@click.option(
    "--watch", "watched", type=click.IntRange(min=0), multiple=True, help="Note the potentials of this neuron."
)
@click.option("--chunk", type=click.IntRange(1, 100_000_000), help="Bursts a logged call makes.")
@click.option("--budget", "budgets", multiple=True, metavar="NAME=N", help="Set a budget, e.g. wall=60.")
@run_options
@json_option
@pass_context
def run_command(
    context: Context,
    /,
    connectome: Path,
    bursts: int,
    output: Path | None,
    learned: Path | None,
    snapshot: Path | None,
    origin: Path | None,
    watched: tuple[int, ...],
    chunk: int | None,
    budgets: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Run CONNECTOME for some bursts.

    The run is an episode: it stands in the log with digests of its spikes and states, goes on after a crash with
    'rusta resume', and comes out the same, bit for bit, whenever it is run again.
    """
    from rusta_burst.cli.progress import BurstProgress
    from rusta_burst.domain.goals import RunGoal, as_goal
    from rusta_burst.domain.run import run_folder
    from rusta_burst.exchange import formats
    from rusta_burst.running import states
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.sessions import start

    machine_settings(**options)  # what is not well formed is told before an episode begins
    files = {"spikes": writable(output), "state": writable(snapshot), "learned": writable(learned)}
    if learned is not None:
        formats.format_of(learned)
    begin = 0
    if origin is not None:
        arrays, _ = states.load(existing(origin, "snapshot"))
        begin = int(arrays["clock"][0])
    run = secrets.token_hex(8)
    goal = as_goal(
        RunGoal,
        {
            "path": str(connectome_at(connectome).resolve()), "run": run, "bursts": bursts,
            "chunk": chunk or max(1, -(-bursts // _CHUNKS)), "settings": settings_of(**options), "watch": list(watched),
            "origin": None if origin is None else str(origin.resolve()), "begin": begin,
            "keep": files,
        },
    )  # fmt: skip
    limits = {"wall": _WALL, **parse_budget(budgets)}
    console = Console(as_json=as_json)
    with BurstProgress(bursts) as progress:
        session = start(
            context.host, context.home, "burst_run", goal, budget=limits, seed=options["seed"], observer=progress
        )  # fmt: skip
        with session:
            finish = session.run()
            progress.stop()
            if finish.parked is None:
                shutil.rmtree(run_folder(context.home.path, run), ignore_errors=True)
            code = conclude(context.home, session, finish, console)
    click.get_current_context().exit(code)
