"""A group of subcommands that are imported when they are used, for commands with many of them.

    @click.group(cls=LazyGroup, package="my_plugin.cli", homes={"make": "making", "show": "looking"})
    def zoo() -> None: ...

``zoo make`` is then ``make_command`` in ``my_plugin.cli.making``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """Finds a subcommand in its module, under its name with ``_command`` behind it.

    Args:
        package: where the modules are. homes: subcommand → module, in the order in which help lists them.
    """

    def __init__(self, *args: Any, package: str, homes: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._package, self._homes = package, homes

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in self._homes:
            return None
        module: Any = import_module(f"{self._package}.{self._homes[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        require_known(ctx, args[0], self._homes)
        return super().resolve_command(ctx, args)


def require_known(ctx: click.Context, name: str, commands: Mapping[str, object]) -> None:
    """Make sure that ``name`` is one of ``commands``; options and shell completion are click's business.

    Raises:
        click.UsageError: it is not; the nearest ones are named.
    """
    if name in commands or name.startswith("-") or ctx.resilient_parsing:
        return
    near = difflib.get_close_matches(name, commands, 3)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "see what there is:"
    raise click.UsageError(f"no command named {name!r}; {hint}", ctx)
