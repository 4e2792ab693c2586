"""``rusta golden``: episodes that must keep coming out the same."""

from __future__ import annotations

from pathlib import Path

import click

from rusta_conductor.cli import exit_codes
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.cli.episode_list import complete_episode
from rusta_conductor.errors import Divergence, RustaError
from rusta_conductor.golden import TOLERANCE, check_entry, make_entry, read_entry, write_entry


@click.group()
def golden() -> None:
    """Keep an episode as a golden session, or check golden sessions."""


@golden.command()
@click.argument("episode", shell_complete=complete_episode)
@click.option("--name", required=True, help="What the session is kept for, in a few words.")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@json_option
@pass_context
def add(context: Context, episode: str, name: str, output: Path, force: bool, as_json: bool) -> None:
    """Write EPISODE, its whole log and what a person reads of it into one file."""
    console = Console(as_json=as_json)
    if output.exists() and not force:
        raise click.UsageError(f"{output} is there already; --force replaces it")
    entry = make_entry(context.home, episode, name)
    size = write_entry(entry, output)
    console.json(
        {"episode": entry.episode, "name": name, "file": str(output), "bytes": size,
         "actions": len(entry.actions)}
    )  # fmt: skip
    console.line(f"{entry.episode}: {len(entry.actions)} calls kept in {output} ({size} bytes)")


@golden.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--no-replay", is_flag=True, help="Only hold the entry against its log.")
@json_option
@pass_context
def check(context: Context, files: tuple[Path, ...], no_replay: bool, as_json: bool) -> None:
    """Check golden FILES: the form, the hashes, every field that follows from the log, and a replay.

    In the replay a proposal may be two lines larger or smaller than the recorded one.
    """
    console = Console(as_json=as_json)
    failed = 0
    diverged = False
    for file in files:
        try:
            entry = read_entry(file)
            report = check_entry(context.host, context.home, entry, tolerance=TOLERANCE, replayed=not no_replay)
        except Exception as error:
            if exit_codes.code_of(error) is None:
                raise
            failed += 1
            diverged = diverged or isinstance(error, Divergence)
            console.json({"file": str(file), "ok": False, "problem": str(error)})
            console.line(f"{console.symbol('✗')} {file}: {error}", "red")
            continue
        tolerated = report.tolerated if report else None
        console.json(
            {"file": str(file), "ok": True, "name": entry.name, "episode": entry.episode,
             "calls": len(entry.actions), "tolerated": tolerated}
        )  # fmt: skip
        how = "checked" if report is None else "checked and replayed"
        console.line(f"{console.symbol('✓')} {file}: {entry.name}: {len(entry.actions)} calls {how}")
        if tolerated:
            console.line(f"  tolerated: {tolerated}")
    if diverged:
        click.get_current_context().exit(exit_codes.DIVERGENCE)
    if failed:
        raise RustaError(f"{failed} of {len(files)} golden sessions failed")
