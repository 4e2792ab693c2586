"""What this plugin declares. Nothing else is imported until it is used."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CommandSpec

COMMANDS = (CommandSpec("corpus", "Make and check the text that models are trained on", "rusta_datasets.cli:corpus"),)


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The commands of this plugin."""
    return COMMANDS
