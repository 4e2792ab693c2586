"""``rusta burst``: its subcommands, each imported when it is used.

Exit codes: 0 done; 1 tried and failed, or ``diff`` found differences; 2 the command line or a file is not right; 3 a budget is
used up; 10 a change does not keep within its bounds; 130 interrupted.
"""

from __future__ import annotations

import click

from rusta_conductor.cli.lazy_group import LazyGroup

_HOMES = {
    "make": "making",
    "import": "exchanging",
    "export": "exchanging",
    "diff": "exchanging",
    "inspect": "looking",
    "why": "looking",
    "step": "looking",
    "run": "running",
    "edit": "changing",
    "restore": "changing",
    "plot": "plotting",
    "watch": "watching",
}


@click.group(cls=LazyGroup, package="rusta_burst.cli", homes=_HOMES)
def burst() -> None:
    """Make, run, change, picture and exchange connectomes."""
