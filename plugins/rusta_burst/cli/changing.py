"""``rusta burst edit`` and ``restore``: a change with proof, and taking it back."""

from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import click

from rusta_burst.cli.options import FILE, connectome_at, run_options, settings_of
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context

_WALL = 86_400.0


@click.command(
    "edit", epilog="Exit codes: 0 within bounds, 1 failed, 2 bad input, 10 no candidate keeps within the bounds."
)
@click.argument("connectome", type=FILE)
@click.argument("edits", type=FILE, nargs=-1, required=True)
@click.option("--promote", is_flag=True, help="Put the first candidate that is proved in the file's place.")
@click.option("-o", "--output", type=FILE, help="Write the proved candidate to another file.")
@click.option("--bursts", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Of each dry run.")
@click.option(
    "--tolerance", type=click.FloatRange(min=0), default=0.5, show_default=True, help="How far rates may move."
)
@click.option("--may-change", multiple=True, metavar="AREA", help="An area whose rate may move freely.")
@click.option(
    "--most-firing", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True, help="In one burst."
)
@run_options
@json_option
@pass_context
def edit_command(
    context: Context,
    /,
    connectome: Path,
    edits: tuple[Path, ...],
    promote: bool,
    output: Path | None,
    bursts: int,
    tolerance: float,
    may_change: tuple[str, ...],
    most_firing: float,
    as_json: bool,
    **options: Any,
) -> None:
    """Change CONNECTOME by EDITS: JSON files of operations, each a candidate, tried in order.

    A candidate is proved when the changed connectome, run twice under the same input, keeps the rates of its areas within
    the tolerance. Nothing is written unless --promote or -o says so; 'rusta burst restore' takes a promotion back.
    """
    from rusta_burst.domain.goals import ChangeGoal, as_goal
    from rusta_burst.domain.run import run_folder
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.cli.progress import Progress
    from rusta_conductor.sessions import start

    run = secrets.token_hex(8)
    goal = as_goal(
        ChangeGoal,
        {
            "path": str(connectome_at(connectome).resolve()), "run": run, "candidates": [_read(path) for path in edits],
            "bursts": bursts, "settings": settings_of(**options), "tolerance": tolerance,
            "may_change": list(may_change), "most_firing": most_firing, "promote": promote,
        },
    )  # fmt: skip
    console = Console(as_json=as_json)
    with Progress() as progress:
        session = start(
            context.host, context.home, "burst_change", goal, budget={"wall": _WALL, "lines": 10_000.0},
            seed=options["seed"], observer=progress,
        )  # fmt: skip
        with session:
            finish = session.run()
            code = conclude(context.home, session, finish, console)
    shutil.rmtree(run_folder(context.home.path, run), ignore_errors=True)
    if finish.result is not None:
        _show(dict(finish.result.data), output, connectome, console)
    click.get_current_context().exit(code)


@click.command("restore")
@click.argument("connectome", type=FILE)
@json_option
@pass_context
def restore_command(context: Context, /, connectome: Path, as_json: bool) -> None:
    """Take the last promoted change of CONNECTOME back, byte for byte."""
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.sessions import start

    console = Console(as_json=as_json)
    goal: dict[str, Any] = {"path": str(connectome_at(connectome).resolve())}
    with start(context.host, context.home, "burst_restore", goal) as session:
        finish = session.run()
        code = conclude(context.home, session, finish, console)
    click.get_current_context().exit(code)


def _read(path: Path) -> Any:
    from rusta_burst.editing.operations import parse
    from rusta_burst.errors import BurstError, InvalidInput
    from rusta_schemas.base import to_json

    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BurstError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: not valid JSON ({error})") from None
    try:
        return [to_json(operation) for operation in parse(told)]
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from None


def _show(data: dict[str, Any], output: Path | None, connectome: Path, console: Console) -> None:
    from rusta_burst.cli.exchanging import show_difference
    from rusta_burst.editing.applying import apply
    from rusta_burst.editing.operations import parse
    from rusta_burst.exchange import formats

    proved = data.get("proved")
    if not proved:
        return
    show_difference(proved["difference"], console)
    for name, before in data["reference"]["rates"].items():
        after = proved["activity"]["rates"].get(name)
        console.line(f"  {name}: {100 * before:.3g} % of its neurons fire in a burst, then "
                     + ("the area is gone" if after is None else f"{100 * after:.3g} %"))  # fmt: skip
    if not any([*data["reference"]["rates"].values(), *proved["activity"]["rates"].values()]):
        console.line("nobody fired in the dry runs, which proves little; --drive AREA=AMOUNT gives them input")
    if "receipt" in data:
        return
    if output is None:
        console.line("nothing was written; --promote puts the change in the file's place, -o FILE writes it elsewhere")
        return
    formats.save(apply(formats.load(connectome), parse(proved["edits"])).connectome, output)
    console.line(f"written  {output}")
