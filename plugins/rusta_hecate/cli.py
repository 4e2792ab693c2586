"""``rusta train``: train a byte model, and promote it if it holds its gates.

Exit codes: 0 trained (and promoted, unless told not to); 1 rolled back: the gates did not hold; 2 the command line is not
right; 3 a budget is used up; 10 abstained, nothing was trained; 130 interrupted, ``rusta resume EPISODE`` goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_hecate.training.settings import DEVICES, STAGES

_MARGIN = 3.0


@click.command(epilog="Exit codes: 0 trained, 1 rolled back, 3 budget used up, 10 abstained.")
@click.argument("size", type=click.Choice(["nano", "tiny", "base"]))
@click.option("--name", help="Name of the run and of the model it may become (default: the size, and the stage).")
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, file_okay=False),
    help="Corpus folder (default: in the state folder; 'rusta corpus build' makes it).",
)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Folder of the run's files.")
@click.option("--minutes", type=click.FloatRange(min=0.0, min_open=True), help="Train for so long (default: 30).")
@click.option("--steps", type=click.IntRange(min=1), help="Train for so many steps instead.")
@click.option("--stage", type=click.Choice(STAGES), default=STAGES[0], show_default=True, help="What is learned.")
@click.option("--after", metavar="RUN", help="Begin with the weights of this run (its name or folder).")
@click.option("--rows", type=click.IntRange(1, 4096), default=8, show_default=True, help="Windows in a step.")
@click.option("--length", type=click.IntRange(8, 65536), default=512, show_default=True, help="Bytes in a window.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of weights and windows.")
@click.option("--threads", type=click.IntRange(1, 256), default=1, show_default=True, help="Of the arithmetic.")
@click.option(
    "--device", type=click.Choice(DEVICES), default=DEVICES[0], show_default=True,
    help="Where to compute; auto: on a graphics card if there is one (a run goes on where it was).",
)  # fmt: skip
@click.option("--set", "changes", multiple=True, metavar="NAME=N", help="Change the model, e.g. width=64.")
@click.option("--no-promote", is_flag=True, help="Leave the promoted model as it is.")
@json_option
@pass_context
def train(
    context: Context,
    /,
    size: str,
    name: str | None,
    corpus: Path | None,
    folder: Path | None,
    minutes: float | None,
    steps: int | None,
    stage: str,
    after: str | None,
    rows: int,
    length: int,
    seed: int,
    threads: int,
    device: str,
    changes: tuple[str, ...],
    no_promote: bool,
    as_json: bool,
) -> None:
    """Train a model of SIZE, or go on with the run of that name.

    Stage s0 learns bytes; s1 also which passage stands under a title; s2 also code with mistakes, and the actions of
    logged episodes. The usual way is one after the other, each with --after the one before.
    """
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.sessions import start
    from rusta_hecate.episode.progress import following
    from rusta_hecate.episode.words import TrainGoal
    from rusta_hecate.shelf import Shelf

    _needs_torch()
    home = context.home.ready()
    name = name or (size if stage == STAGES[0] else f"{size}-{stage}")
    seconds = 0.0 if steps else 60.0 * (minutes or 30.0)
    place = (folder or home.path / "train" / name).absolute()
    goal = TrainGoal(
        size=size,
        name=name,
        corpus=str((corpus or home.path / "corpus").absolute()),
        folder=str(place),
        changes=_changes(changes),
        settings={
            "seed": seed, "rows": rows, "length": length, "steps": steps or 0, "seconds": seconds, "threads": threads,
            "stage": stage, "device": device,
        },
        after=_former(after, home.path),
    )  # fmt: skip
    console = Console(as_json=as_json)
    wall = _MARGIN * seconds + 3600.0 if seconds else 1e7
    session = start(context.host, home, "train", goal.to_json(), budget={"wall": wall}, seed=seed)
    with session:
        with following(place, quiet=as_json):
            finish = session.run()
        code = conclude(home, session, finish, console)
    result = finish.result
    if not no_promote and result is not None and result.outcome == "trained" and finish.parked is None:
        promoted = Shelf(home.path).promote(name, Path(str(result.data["file"])))
        console.line(f"promoted {promoted}; 'rusta model rollback {name}' takes it back")
    click.get_current_context().exit(code)


def _former(after: str | None, home: Path) -> str:
    if after is None:
        return ""
    folder = Path(after) if Path(after).is_dir() else home / "train" / after
    if not folder.is_dir():
        raise click.BadParameter(
            f"{after!r} is no folder, and no run of that name is in {home / 'train'}", param_hint="--after"
        )
    return str(folder.absolute())


def _changes(pairs: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        parts = value.split(",") if value else []
        if not name or not parts or not all(part.strip().lstrip("-").isdecimal() for part in parts):
            raise click.BadParameter(f"{pair!r} is not NAME=N (or NAME=N,N,…)", param_hint="--set")
        numbers = [int(part) for part in parts]
        found[name] = numbers if len(numbers) > 1 else numbers[0]
    return found


def _needs_torch() -> None:
    from importlib.util import find_spec

    from rusta_hecate.errors import HecateError

    if find_spec("torch") is None:
        raise HecateError("training needs PyTorch, which is not installed: pip install 'rusta[train]'")
