"""``rusta eval``: the verbs that measure. Each prints a table and writes JSON and a page below ``--out``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
OUT = Path("out") / "eval"


def common(function: F) -> F:
    """The options of every verb that measures."""
    options = (
        click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only N cases, chosen by --seed."),
        click.option("--seed", type=int, default=1, show_default=True, help="Of samples, mutants and episodes."),
        click.option("--code", "codes", multiple=True, metavar="E0308", help="Only cases with this error code."),
        click.option("--class", "categories", multiple=True, metavar="type", help="Only cases of this class."),
        click.option("--without", multiple=True, metavar="PROPOSER", help="Leave a proposer out."),
        click.option("--budget", "budgets", multiple=True, metavar="NAME=N", help="Of the product, e.g. probes=60."),
        click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes."),
        click.option("--no-baselines", is_flag=True, help="Measure the product alone."),
        click.option("--fresh", is_flag=True, help="Measure again what was measured before, baselines too."),
        click.option("--out", type=click.Path(path_type=Path), help="Where to write. [default: out/eval/VERB]"),
        click.option("--unsolved", type=click.IntRange(min=0), default=0, metavar="N", help="Print N open cases."),
        click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead of the table."),
    )  # fmt: skip
    decorated: Any = function
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # click's decorators keep the function's type


@click.group(name="eval", context_settings={"help_option_names": ["-h", "--help"]})
def evaluate() -> None:
    """Measure repair on broken code with known answers, beside two baselines, judged independently."""


@evaluate.command()
@click.option(
    "--set", "which", type=click.Choice(("index", "docs", "all")), default="all", show_default=True,
    help="The error index, the other documentation, or both.",
)  # fmt: skip
@common
def slices(which: str, **options: Any) -> None:
    """Broken examples of the installed documentation."""
    from rusta_eval.verbs import run_slices

    run_slices(which, **options)


@evaluate.command()
@click.option("--per-crate", type=click.IntRange(min=1), default=5, show_default=True, help="Cases a crate.")
@click.option(
    "--crates",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Also the crates in this folder.",
)
@click.option("--crate", "names", multiple=True, metavar="NAME", help="Only this crate.")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="All crates on this machine whose tests pass, not the listed ones.",
)
@click.option("--unseen", is_flag=True, help="Only crates that priors are not learnt on.")
@click.option("--behaviour", is_flag=True, help="Mistakes that compile and break a test.")
@click.option(
    "--mistakes", type=click.IntRange(1, 4), default=1, show_default=True, help="Mistakes a case, each in another file."
)
@click.option("--install", is_flag=True, help="Install the listed crates that are missing, with apt-get.")
@common
def mutants(**options: Any) -> None:
    """One realistic mistake in a real crate, judged by the crate's tests."""
    from rusta_eval.verbs import run_mutants

    run_mutants(**options)


@evaluate.command()
@click.option("--unseen", is_flag=True, help="Only pages that priors and confidence are not learnt on.")
@common
def programs(**options: Any) -> None:
    """One realistic mistake in each whole program of the installed books: hundreds of cases, judged by compiling."""
    from rusta_eval.verbs import run_programs

    run_programs(**options)


@evaluate.command()
@common
def canary(**options: Any) -> None:
    """Fixed small repositories with known answers. Exit code 1 when one does not come to what it should."""
    from rusta_eval.verbs import run_canary

    run_canary(**options)


@evaluate.command()
@common
def smoke(**options: Any) -> None:
    """A minute's look: a fixed sample of the error index, and some canaries."""
    from rusta_eval.verbs import run_smoke

    run_smoke(**options)


@evaluate.command()
@click.option(
    "--proposer",
    "names",
    multiple=True,
    metavar="NAME",
    help="Only these. [default: each that has a part in a repair]",
)
@click.option(
    "--set",
    "which",
    type=click.Choice(("index", "docs", "programs", "mutants")),
    default="index",
    show_default=True,
)
@common
def ablation(**options: Any) -> None:
    """What each proposer is worth: the same sample with it switched off."""
    from rusta_eval.ablation import run_ablation

    run_ablation(**options)


@evaluate.command()
@click.argument("records", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--write/--no-write", default=True, help="Write the data files that the product reads.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where the data files go. [default: the product's own data folder]",
)
def priors(records: tuple[Path, ...], write: bool, out: Path | None) -> None:
    """Learn how often candidates are right, and how far to trust an offer, from the records of earlier runs."""
    from rusta_eval.verbs import run_priors

    run_priors(records, write, out)


def main() -> None:
    """The entry of ``python -m rusta_eval``; errors are one line, as everywhere."""
    import sys

    from rusta_conductor.errors import RustaError

    try:
        evaluate(prog_name="rusta eval")
    except RustaError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
