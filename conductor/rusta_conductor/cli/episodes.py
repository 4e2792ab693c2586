"""``rusta episodes``, ``rusta resume`` and ``rusta fork``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.cli.episode_list import complete_episode, episode_rows, shown
from rusta_conductor.cli.progress import Progress

if TYPE_CHECKING:
    from rusta_conductor.sessions import Session

budget_option = click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="NAME=N",
    help="Set a budget, e.g. probes=200; may be given more than once.",
)


@click.command()
@click.option(
    "--state",
    type=click.Choice(["running", "interrupted", "parked", "closed"]),
    help="Only these episodes.",
)
@click.option("--domain", help="Only episodes of this kind.")
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="How many of the latest; 0 shows all.",
)
@json_option
@pass_context
def episodes(context: Context, state: str | None, domain: str | None, count: int, as_json: bool) -> None:
    """List episodes, latest first: what they were for and how they ended.

    A parked or interrupted episode can be resumed.
    """
    console = Console(as_json=as_json)
    rows, notes = episode_rows(context.home)
    for note in notes:
        console.note(f"note: {note}")
    rows = [row for row in rows if state in (None, row["state"]) and domain in (None, row["domain"])]
    hidden = max(0, len(rows) - count) if count else 0
    rows = rows[: len(rows) - hidden]
    for row in rows:
        console.json(row)
    if not rows:
        console.line("no episodes" if state is None and domain is None else "no such episodes")
        return
    columns = ("episode", "domain", "goal", "state", "outcome", "opened (UTC)", "calls")
    console.table(columns, [shown(row) for row in rows], right=("calls",))
    if hidden:
        console.line(f"and {hidden} more; '-n 0' shows all")


@click.command()
@click.argument("episode", shell_complete=complete_episode)
@budget_option
@json_option
@pass_context
def resume(context: Context, episode: str, budgets: tuple[str, ...], as_json: bool) -> None:
    """Take up EPISODE where it was parked or interrupted, and run it to its end.

    What was done before is answered from the log; nothing is done twice.
    """
    from rusta_conductor.budget import parse_budget
    from rusta_conductor.sessions import resume as take_up

    limits = parse_budget(budgets)
    with Progress() as progress:
        session = take_up(context.host, context.home, episode, budget=limits, observer=progress)
        _run(context, session, Console(as_json=as_json))


@click.command()
@click.argument("episode", shell_complete=complete_episode)
@click.argument("step", type=click.IntRange(min=0))
@budget_option
@json_option
@pass_context
def fork(context: Context, episode: str, step: int, budgets: tuple[str, ...], as_json: bool) -> None:
    """Begin a new episode that shares the calls 0 to STEP of EPISODE and then goes its own way."""
    from rusta_conductor.budget import parse_budget
    from rusta_conductor.sessions import fork as branch

    limits = parse_budget(budgets)
    with Progress() as progress:
        session = branch(context.host, context.home, episode, step, budget=limits, observer=progress)
        _run(context, session, Console(as_json=as_json))


def _run(context: Context, session: Session, console: Console) -> None:
    from rusta_conductor.cli.conclusion import conclude

    with session:
        finish = session.run()
        code = conclude(context.home, session, finish, console)
    click.get_current_context().exit(code)
