"""What a plugin declares, as plain data.

Handlers are named by reference (``"package.module:attribute"``) and imported on first use, so that reading all
declarations costs almost nothing: this module and every plugin module must load without pydantic, numpy or sqlite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rusta_schemas.effects import Effect


@dataclass(frozen=True)
class ToolSpec:
    """A tool: one verb that an episode may call.

    ``args`` names a pydantic model of the arguments, ``handler`` a function ``(args, context) -> ToolResult`` (see
    :mod:`rusta_conductor.tool`). ``cost`` is what one call spends of the episode's budgets beside one step.
    ``reconcile`` is needed for lasting effects: a function ``(args, context) -> ToolResult | None`` that finds out
    whether an interrupted call took effect (``None``: it did not, it may be made again).
    """

    verb: str
    summary: str
    effect: Effect
    args: str
    handler: str
    timeout_s: float = 600.0
    cost: Mapping[str, float] = field(default_factory=dict)
    reconcile: str | None = None


@dataclass(frozen=True)
class DomainSpec:
    """A kind of episode. ``handler`` names a callable ``() -> Domain``."""

    name: str
    summary: str
    handler: str


@dataclass(frozen=True)
class CommandSpec:
    """A subcommand of ``rusta``. ``handler`` names a ``click.Command``."""

    name: str
    summary: str
    handler: str


@dataclass(frozen=True)
class ProposerSpec:
    """A source of candidates for the domain ``domain``. ``handler`` names what that domain documents.

    Proposers run in ascending ``order``; equal orders by name. ``most``: the highest prior its candidates have; with one
    below 1 it is asked when nothing likelier is left to try, so that a slow one costs nothing where others do.
    """

    name: str
    domain: str
    summary: str
    handler: str
    order: int = 100
    most: float = 1.0


@dataclass(frozen=True)
class RankerSpec:
    """An opinion on the order of a domain's candidates. ``verb`` names the tool that gives it, as that domain documents.

    It is asked through a call of the episode, so that a replay has the same opinion. One that is not ``usual`` is asked
    only where a goal names it.
    """

    name: str
    domain: str
    summary: str
    verb: str
    usual: bool = True


@dataclass(frozen=True)
class CheckSpec:
    """A check of ``rusta doctor``. ``handler`` names a function ``(home: Path) -> Check``."""

    name: str
    summary: str
    handler: str
