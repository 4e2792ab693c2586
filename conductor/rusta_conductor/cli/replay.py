"""``rusta replay``: an episode again, from its log alone."""

from __future__ import annotations

from dataclasses import asdict

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.cli.episode_list import complete_episode
from rusta_conductor.errors import Divergence
from rusta_conductor.golden import opened_reader
from rusta_conductor.sessions import ReplayReport
from rusta_conductor.sessions import replay as run_again


@click.command()
@click.argument("entry", shell_complete=complete_episode)
@click.option(
    "--tolerance",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="LINES",
    help="Accept another proposal when its size is within so many lines.",
)
@json_option
@pass_context
def replay(context: Context, entry: str, tolerance: int, as_json: bool) -> None:
    """Run ENTRY again from its log: no tool is started, and every decision must come out as recorded.

    ENTRY is an episode, or the file of a golden session or an exported log. Exit code 5, and both sides, when something
    comes out differently.
    """
    console = Console(as_json=as_json)
    try:
        with opened_reader(entry, context.home) as reader:
            report = run_again(context.host, context.home, reader, tolerance=tolerance)
    except Divergence as error:
        console.json(
            {
                "ok": False,
                "place": error.place,
                "path": error.path,
                "recorded": error.recorded,
                "replayed": error.replayed,
            }
        )
        raise
    console.json({"ok": True, **asdict(report)})
    console.line(f"{console.symbol('✓')} {summary(report)}")
    if report.tolerated:
        console.line(f"  tolerated: {report.tolerated}")


def summary(report: ReplayReport) -> str:
    """A replay's report in a sentence."""
    far = f"to its end ({report.outcome})" if report.ended else "as far as it is recorded"
    return (
        f"episode {report.episode} ({report.domain}) came out the same {far}: "
        f"{report.calls} calls answered from the log, no tool was run"
    )
