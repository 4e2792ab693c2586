"""What the verbs do: choose the cases, run them, tell the result."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rusta_cargo import find_toolchain
from rusta_conductor.budget import parse_budget
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_eval import report as reports
from rusta_eval.cases import Case, chosen, sample
from rusta_eval.cases import slices as load_slices
from rusta_eval.cli import OUT
from rusta_eval.crates import Crate, prepare, sources
from rusta_eval.errors import EvalError
from rusta_eval.lab import REGISTRY
from rusta_eval.listed import halves, missing
from rusta_eval.listed import install as install_crates
from rusta_eval.mutants import Plan, part
from rusta_eval.mutants import mutants as make_mutants
from rusta_eval.runner import Place, Record, product_digest, run_all
from rusta_eval.trial import Settings, forget_baselines

FILE_BUDGET = {"probes": 120.0, "wall": 60.0}
CRATE_BUDGET = {"probes": 120.0, "wall": 180.0}
_SLOWEST_TEST_S = 30.0
# Variables that change what the product does, and so belong to the settings of a run.
_SWITCHES = ("RUSTA_PRIORS", "RUSTA_SANDBOX", "RUSTA_PLUGINS", "RUSTA_TOOLCHAIN")


def cache_folder() -> Path:
    """Where prepared crates, cases and baselines are kept between runs."""
    return Home.find().ready().path / "cache" / "eval"


def settings_of(options: dict[str, Any], budget: dict[str, float]) -> Settings:
    """The settings that the common options ask for.

    Raises:
        UsageError: a proposer or a budget that does not exist.
    """
    PluginHost.from_environment().proposers_of("repair", options["without"])
    return Settings(
        budget={**budget, **parse_budget(options["budgets"])},
        without=tuple(sorted(options["without"])),
        seed=options["seed"],
        baselines=not options["no_baselines"],
        product=product_digest(),
        environment=tuple((n, os.environ[n]) for n in _SWITCHES if n in os.environ),
    )


def run_slices(which: str, **options: Any) -> None:
    """``rusta eval slices``."""
    cases, left_out = slice_cases(("index", "docs") if which == "all" else (which,), options["workers"])
    measure("slices", cases, FILE_BUDGET, options, set=which, left_out=left_out)


def slice_cases(sets: Sequence[str], workers: int) -> tuple[list[Case], dict[str, int]]:
    """The documentation's cases, and what was left out."""
    toolchain = find_toolchain(Path.cwd())
    cases: list[Case] = []
    left_out: dict[str, int] = {}
    for name in sets:
        found = load_slices(toolchain, cache_folder(), name, workers, _tell)
        cases += found.cases
        for why, count in found.left_out.items():
            left_out[why] = left_out.get(why, 0) + count
    return cases, left_out


def run_mutants(
    per_crate: int,
    folders: Sequence[Path],
    names: Sequence[str],
    every: bool,
    unseen: bool,
    behaviour: bool,
    mistakes: int,
    install: bool,
    **options: Any,
) -> None:
    """``rusta eval mutants``."""
    kind = "behaviour" if behaviour else "build"
    plan = Plan(options["seed"], per_crate, kind, mistakes)
    if install:
        install_crates(missing(REGISTRY, "measure" if unseen else None))
    crates = chosen_crates(folders, names, every)
    crates = part(crates, "measure") if unseen else crates
    cases = make_mutants(crates, plan, find_toolchain(Path.cwd()), cache_folder(), options["workers"], _tell)
    several = f"-{mistakes}-mistakes" if mistakes > 1 else ""
    verb = f"mutants-{kind}{several}{'-unseen' if unseen else ''}"
    measure(verb, cases, CRATE_BUDGET, options, crates=[c.name for c in crates], per_crate=per_crate)


def run_programs(unseen: bool, **options: Any) -> None:
    """``rusta eval programs``."""
    from rusta_eval.programs import programs

    toolchain = find_toolchain(Path.cwd())
    cases = programs(toolchain, cache_folder(), options["seed"], unseen=unseen, workers=options["workers"], tell=_tell)
    measure(f"programs{'-unseen' if unseen else ''}", cases, FILE_BUDGET, options)


def chosen_crates(folders: Sequence[Path], names: Sequence[str], every: bool) -> list[Crate]:
    """The crates to strike, prepared; says of those that were named why they cannot be used.

    Raises:
        EvalError: none is left.
    """
    toolchain = find_toolchain(Path.cwd())
    found = sources(REGISTRY, folders)
    if names:
        wanted = [p for p in found if any(p.name == n or p.name.rpartition("-")[0] == n for n in names)]
    elif every or folders:
        own = [folder.resolve() for folder in folders]
        wanted = [p for p in found if every or any(p.is_relative_to(folder) for folder in own)]
    else:
        wanted = [p for p in found if p.name.rpartition("-")[0] in halves()]
    crates = []
    for source in wanted:
        crate = prepare(source, toolchain, cache_folder())
        if crate.ok and crate.test_s <= _SLOWEST_TEST_S:
            crates.append(crate)
        elif names or folders:
            _tell(f"{crate.name}: {crate.why or f'its tests take {crate.test_s:g} s'}")
    if not crates:
        raise EvalError("no crate to strike: let --install fetch the listed ones, or name a folder with --crates")
    return crates


def run_canary(**options: Any) -> None:
    """``rusta eval canary``."""
    from rusta_eval.canaries import canaries, missed

    cases = canaries(cache_folder(), find_toolchain(Path.cwd()))
    records = measure("canary", cases, CRATE_BUDGET, options)
    wrong = missed(records)
    for line in wrong:
        click.echo(f"✗ {line}", err=True)
    click.get_current_context().exit(1 if wrong else 0)


def run_smoke(**options: Any) -> None:
    """``rusta eval smoke``."""
    from rusta_eval.canaries import SMOKE, canaries, missed

    index, _ = slice_cases(("index",), options["workers"])
    toolchain = find_toolchain(Path.cwd())
    some = [case for case in canaries(cache_folder(), toolchain) if case.origin.split("/")[-1] in SMOKE]
    budget = {"probes": 40.0, "wall": 20.0}
    records = measure(
        "smoke",
        [*sample(index, options["sample"] or 12, 7), *some],
        budget,
        {**options, "sample": None},
    )
    wrong = missed(records)
    for line in wrong:
        click.echo(f"✗ {line}", err=True)
    click.get_current_context().exit(1 if wrong else 0)


def run_priors(records: Sequence[Path], write: bool, out: Path | None) -> None:
    """``rusta eval priors``."""
    from rusta_eval.learning import learn

    click.echo(learn(records, write=write, out=out), nl=False)


def measure(
    verb: str,
    cases: Sequence[Case],
    budget: dict[str, float],
    options: dict[str, Any],
    **about: Any,
) -> list[Record]:
    """Run the cases that the options leave, print the report and write it."""
    some = sample(
        list(chosen(cases, options["codes"], options["categories"])),
        options["sample"],
        options["seed"],
    )
    if not some:
        raise EvalError("no case is left: take fewer of --code, --class and --crate")
    settings = settings_of(options, budget)
    out = (options["out"] or OUT / verb).absolute()
    place = Place(out, cache_folder())
    if options["fresh"]:
        forget_baselines(place.cache, some)
    records = run_all(some, settings, place, workers=options["workers"], fresh=options["fresh"])
    made = reports.make_report(verb, records, reports.about(settings, verb, **about))
    data, page = reports.write(made, out)
    if options["as_json"]:
        figures = {k: v for k, v in made.to_json().items() if k != "records"}
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        click.echo(reports.as_text(made, unsolved=options["unsolved"]), nl=False)
        click.echo(f"written: {data}, {page}")
    return records


def _tell(text: str) -> None:
    click.echo(text, err=True)
