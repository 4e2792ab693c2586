"""What this plugin declares. Nothing else is imported until it is used."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CommandSpec

COMMANDS: tuple[CommandSpec, ...] = ()


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The commands of this plugin."""
    return COMMANDS
