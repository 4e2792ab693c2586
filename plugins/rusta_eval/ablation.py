"""What each proposer is worth: the same sample again, with one of them switched off.

Only cases in whose repair a proposer had a part can become worse without it, so only those are run again: about as many
runs as there are good repairs, however many proposers there are. A case that is fixed all the same shows that another
proposer stands in. Proposers whose candidates were compiled and never won can only have cost time; of those of which none
was compiled nothing is asked: without them the search would have been the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from rusta_eval.cases import Case
from rusta_eval.measures import Record, measured
from rusta_eval.runner import Place, run_all
from rusta_eval.trial import Settings


@dataclass(frozen=True)
class Worth:
    """Good repairs that a proposer had a part in, those lost without it, and the seconds the others took then."""

    name: str
    parts: int
    lost: int
    seconds: float


def worths(
    records: Sequence[Record],
    names: Sequence[str],
    again: Callable[[str, list[str]], Sequence[Record]],
) -> list[Worth]:
    """The worth of each proposer, the dearest first.

    Args:
        records: of the run with all of them. again: runs cases (by id) without a proposer.
    """
    found = []
    for name in names:
        with_part = [r for r in measured(records) if r["product"]["fixed"] and name in r["product"]["proposers"]]
        if not with_part:
            continue
        rerun = {r["id"]: r for r in again(name, [str(r["id"]) for r in with_part])}
        still = [r for r in with_part if r["id"] in rerun and _fixed(rerun[str(r["id"])])]
        slower = sum(rerun[str(r["id"])]["product"]["seconds"] - r["product"]["seconds"] for r in still)
        found.append(Worth(name, len(with_part), len(with_part) - len(still), round(slower, 2)))
    return sorted(found, key=lambda w: (-w.lost, -w.parts, w.name))


def without_part(records: Sequence[Record], names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The proposers that had no part in a good repair: those with candidates that were compiled, and all others."""
    good = measured(records)
    winners = {name for r in good if r["product"]["fixed"] for name in r["product"]["proposers"]}
    tried = {trial["proposer"] for r in good for trial in r["product"]["trials"]}
    idle = [name for name in names if name not in winners]
    return [name for name in idle if name in tried], [name for name in idle if name not in tried]


def _fixed(record: Record) -> bool:
    return "lost" not in record and bool(record["product"]["fixed"])


def as_text(
    found: Sequence[Worth], total: int, fixed: int, tried: Sequence[str] = (), never: Sequence[str] = ()
) -> str:
    """The table, and who is not in it. tried, never: see :func:`without_part`."""
    head = f"{'proposer':<24}{'parts':>7}{'lost without':>14}{'of all':>9}{'seconds more':>14}"
    lines = [f"{fixed} of {total} fixed with all proposers", head, "─" * len(head)]
    for worth in found:
        share = f"{100 * worth.lost / total:.1f}%" if total else "–"
        lines.append(f"{worth.name:<24}{worth.parts:>7}{worth.lost:>14}{share:>9}{worth.seconds:>14.1f}")
    if tried:
        lines += ["", f"compiled here, and in no repair ({len(tried)}): {', '.join(tried)}"]
    if never:
        lines += ["", f"never compiled here, so worth 0 by construction ({len(never)}): {', '.join(never)}"]
    return "\n".join(lines) + "\n"


def run_ablation(names: Sequence[str], which: str, **options: Any) -> None:
    """``rusta eval ablation``."""
    from rusta_conductor.host import PluginHost
    from rusta_eval.cases import chosen, sample
    from rusta_eval.cli import OUT
    from rusta_eval.verbs import CRATE_BUDGET, FILE_BUDGET, cache_folder, settings_of

    cases = _cases(which, options)
    some = sample(
        list(chosen(cases, options["codes"], options["categories"])),
        options["sample"] or 40,
        options["seed"],
    )
    budget = CRATE_BUDGET if which == "mutants" else FILE_BUDGET
    settings = replace(settings_of(options, budget), baselines=False)
    out: Path = (options["out"] or OUT / "ablation").absolute()
    workers, fresh = options["workers"], options["fresh"]
    records = run_all(some, settings, Place(out, cache_folder()), workers=workers, fresh=fresh)
    by_id = {case.id: case for case in some}

    def again(name: str, ids: list[str]) -> list[Record]:
        click.echo(f"without {name}: {len(ids)} cases", err=True)
        off: Settings = replace(settings, without=tuple(sorted({*settings.without, name})))
        again_cases: list[Case] = [by_id[i] for i in ids]
        return list(run_all(again_cases, off, Place(out, cache_folder()), workers=workers, fresh=fresh))

    every = [spec.name for spec in PluginHost.from_environment().proposers_of("repair", settings.without)]
    asked = list(names) or every
    found = worths(records, asked, again)
    good = measured(records)
    count = sum(bool(r["product"]["fixed"]) for r in good)
    click.echo(as_text(found, len(good), count, *without_part(records, asked)), nl=False)


def _cases(which: str, options: dict[str, Any]) -> list[Case]:
    from rusta_cargo import find_toolchain
    from rusta_eval.mutants import Plan, mutants
    from rusta_eval.programs import programs
    from rusta_eval.verbs import cache_folder, chosen_crates, slice_cases

    if which == "programs":
        return programs(find_toolchain(Path.cwd()), cache_folder(), options["seed"], workers=options["workers"])
    if which != "mutants":
        return slice_cases((which,), options["workers"])[0]
    return mutants(
        chosen_crates((), (), False),
        Plan(options["seed"], 3),
        find_toolchain(Path.cwd()),
        cache_folder(),
    )
