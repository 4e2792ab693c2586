"""``rusta explain``: what the compiler's errors mean, from the toolchain's own documentation.

Exit codes: 0 explained, or it compiles; 2 the target is not right; 3 a budget is used up; 10 it cannot be checked.
"""

from __future__ import annotations

from typing import Any

import click

from rusta_cargo.cli.target import goal_of, target_options
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context


@click.command()
@target_options
@json_option
@pass_context
def explain(context: Context, /, as_json: bool, **target: Any) -> None:
    """Explain every error of PATH: the message, and the page of the documentation that tells the rule behind it."""
    from rusta_cargo.cli.progress import RepairProgress
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.sessions import start

    goal = goal_of(home=context.home.path, **target, tests=False)
    with RepairProgress(quiet=True) as progress:
        session = start(context.host, context.home, "explain", goal.to_json(), seed=0, observer=progress)
        with session:
            finish = session.run()
            code = conclude(context.home, session, finish, Console(as_json=as_json))
    click.get_current_context().exit(code)
