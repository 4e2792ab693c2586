"""``rusta burst``: its subcommands, each imported when it is used.

Exit codes: 0 done; 1 tried and failed, or ``diff`` found differences; 2 the command line or a file is not right; 3 a budget is
used up; 10 a change does not keep within its bounds; 130 interrupted.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

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


class _Lazy(click.Group):
    """Finds a subcommand in its module, under its name with ``_command`` behind it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _HOMES:
            return None
        module: Any = import_module(f"rusta_burst.cli.{_HOMES[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


@click.group(cls=_Lazy)
def burst() -> None:
    """Make, run, change, picture and exchange connectomes."""
