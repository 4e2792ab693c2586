"""The hooks, in the order in which they are called. Two kinds, and no others.

*Declarations* are called once, when the host starts. They return data and do nothing else.
*Events* are called after the thing they tell of is durable in the DevLog. Each plugin's event hook runs in its own try:
an error is reported and hurts nobody. Event hooks may not call tools or change the episode.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, ProposerSpec, RankerSpec, ToolSpec

if TYPE_CHECKING:
    from rusta_schemas.devlog import DevLogEntry

PROJECT = "rusta"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def rusta_commands() -> Iterable[CommandSpec]:
    """Declare subcommands of ``rusta``. Called once; their modules are imported when the command is used."""
    raise NotImplementedError


@hookspec
def rusta_tools() -> Iterable[ToolSpec]:
    """Declare tools. Called once. A verb belongs to the first plugin that declares it; later claims are refused."""
    raise NotImplementedError


@hookspec
def rusta_domains() -> Iterable[DomainSpec]:
    """Declare kinds of episode. Called once. Names follow the rule for verbs."""
    raise NotImplementedError


@hookspec
def rusta_proposers() -> Iterable[ProposerSpec]:
    """Declare sources of candidates for a domain. Called once. Names follow the rule for verbs."""
    raise NotImplementedError


@hookspec
def rusta_rankers() -> Iterable[RankerSpec]:
    """Declare opinions on the order of a domain's candidates. Called once. Names follow the rule for verbs."""
    raise NotImplementedError


@hookspec
def rusta_checks() -> Iterable[CheckSpec]:
    """Declare checks of ``rusta doctor``. Called once."""
    raise NotImplementedError


@hookspec
def rusta_episode_opened(entry: DevLogEntry) -> None:
    """An episode was opened; ``entry`` is its first. Called once an episode, not again when it is resumed."""


@hookspec
def rusta_entry(entry: DevLogEntry) -> None:
    """An entry was written. Called for every entry, in the order of the log."""


@hookspec
def rusta_episode_closed(entry: DevLogEntry) -> None:
    """An episode ended; ``entry`` is its last. Not called when it is parked."""


DECLARATIONS = ("rusta_commands", "rusta_tools", "rusta_domains", "rusta_proposers", "rusta_rankers", "rusta_checks")
EVENTS = ("rusta_episode_opened", "rusta_entry", "rusta_episode_closed")
