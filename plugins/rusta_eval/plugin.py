"""What this plugin declares: the command ``rusta eval``. Nothing else is imported until it is used."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CommandSpec

COMMANDS = (CommandSpec("eval", "Measure repair on broken code with known answers", "rusta_eval.cli:evaluate"),)


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The command that measures."""
    return COMMANDS
