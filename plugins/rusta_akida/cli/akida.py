# ruff: noqa: ARG002 - the signatures are click's
"""``rusta akida``: looking at programs and devices. Nothing here changes a device that lasts."""

from __future__ import annotations

import importlib
from typing import cast

import click

_COMMANDS = {
    "bench": "measuring",
    "devices": "finding",
    "diff": "inspecting",
    "disasm": "inspecting",
    "hints": "hinting",
    "import": "importing",
    "serve": "serving",
    "verify": "inspecting",
}


class _Lazy(click.Group):
    """A command's module is imported when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"rusta_akida.cli.{_COMMANDS[cmd_name]}")
        return cast(click.Command, getattr(module, f"{cmd_name}_command"))


@click.group(cls=_Lazy)
def akida() -> None:
    """Look at chip programs and devices."""
