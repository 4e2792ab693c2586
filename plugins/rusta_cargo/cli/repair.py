"""``rusta repair``: mend a crate, a workspace or a single file, with proof.

Exit codes
    0    repaired (a bundle is stored; with --apply it is applied), or there was nothing to do
    1    the domain found a fault in its own proof, or --apply was refused
    2    the command line or the target is not right; nothing was done
    3    a budget is used up; the best so far is shown, ``rusta resume EPISODE --budget NAME=N`` goes on
    10   abstained: no repair that can be proved; the nearest evidence is shown
    130  interrupted; the episode is parked and can be resumed
"""

from __future__ import annotations

from typing import Any

import click

from rusta_cargo.cli.target import goal_of, target_options
from rusta_conductor.budget import parse_budget
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context


@click.command(epilog="Exit codes: 0 repaired or nothing to do, 3 budget used up, 10 abstained.")
@target_options
@click.option("--apply", "apply_it", is_flag=True, help="Apply the proved patch to the tree.")
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="NAME=N",
    help="Set a budget, e.g. probes=200 or lines=10.",
)
@click.option("--without", multiple=True, metavar="PROPOSER", help="Leave a proposer out.")
@click.option(
    "--provider",
    "providers",
    type=click.Choice(("rust-analyzer",)),
    multiple=True,
    help="Ask this tool for fixes too, where it is installed; it takes half a minute.",
)
@click.option("--with", "also", multiple=True, metavar="RANKER", help="Also ask a ranker that is off by default.")
@click.option("--no-tests", is_flag=True, help="Take what compiles for proved; tests are not run.")
@click.option(
    "--ask-below",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Show a patch with a lower confidence as a question instead of offering it.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the episode's randomness.")
@json_option
@pass_context
def repair(
    context: Context,
    /,
    apply_it: bool,
    budgets: tuple[str, ...],
    without: tuple[str, ...],
    providers: tuple[str, ...],
    also: tuple[str, ...],
    no_tests: bool,
    ask_below: float | None,
    seed: int | None,
    as_json: bool,
    **target: Any,
) -> None:
    """Mend PATH: a crate, a workspace, a Cargo.toml or a single .rs file.

    The tree itself is not touched. Candidates are compiled and tested in a sandbox; the result is a patch bundle that
    'rusta apply' puts into the tree and 'rusta rollback' takes out again.
    """
    from rusta_cargo.cli.progress import RepairProgress
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.sessions import start

    limits = parse_budget(budgets)
    asked = context.host.proposers_of("repair", without)  # a misspelt name is told before anything starts
    rankers = context.host.rankers_of("repair", without, [context.host.ranker(name).name for name in also])
    named = [spec.name for spec in asked] + [spec.name for spec in rankers]
    goal = goal_of(home=context.home.path, **target, without=without, tests=not no_tests)
    goal = goal.model_copy(update={"proposers": tuple(named), "providers": providers})
    if ask_below is not None:
        goal = goal.model_copy(update={"ask_below": ask_below})
    console = Console(as_json=as_json)
    domain = "repair_untested" if no_tests else "repair"
    with RepairProgress(quiet=as_json) as progress:
        session = start(
            context.host, context.home, domain, goal.to_json(), budget=limits, seed=seed, observer=progress
        )  # fmt: skip
        with session:
            progress.budget = session.episode.budget
            finish = session.run()
            progress.stop()
            code = conclude(context.home, session, finish, console)
    result = finish.result
    if apply_it and result is not None and result.outcome == "repaired" and finish.parked is None:
        _apply(context, result.data, console)
    click.get_current_context().exit(code)


def _apply(context: Context, data: Any, console: Console) -> None:
    from rusta_conductor.bundles import BundleRefused, BundleStore, operate

    bundle = BundleStore(context.home).load(str(data["bundle"]["id"]))
    done = operate(context.host, context.home, bundle, "apply")
    console.json({"episode": done.episode, "outcome": done.result.outcome, "bundle": bundle.id})
    if not done.done:
        raise BundleRefused(done.result.summary)
    console.line(f"applied; 'rusta rollback {bundle.id[:12]}' takes it back")
