"""What this plugin declares: tools that run and change connectomes, their domains, and the command ``burst``.

Only names stand here; the modules behind them are imported when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CommandSpec, DomainSpec, ToolSpec
from rusta_schemas.effects import Effect

_ARGS = "rusta_burst.tools.arguments"
_WORKING = "rusta_burst.tools.working"
_PROMOTING = "rusta_burst.tools.promoting"
_DOMAIN = "rusta_burst.domain"
_PROBE = MappingProxyType({"probes": 1.0})

TOOLS = (
    ToolSpec(
        verb="burst_load",
        summary="What the connectome of the episode is: counts, areas, memory, digests.",
        effect=Effect.READ,
        args=f"{_ARGS}:LoadArgs",
        handler=f"{_WORKING}:burst_load",
    ),
    ToolSpec(
        verb="burst_step",
        summary="Run bursts of the connectome, or of its changed copy; who fired and how much.",
        effect=Effect.SANDBOX,
        args=f"{_ARGS}:StepArgs",
        handler=f"{_WORKING}:burst_step",
        timeout_s=3600.0,
    ),
    ToolSpec(
        verb="burst_inspect",
        summary="Look at the connectome, a neuron, the running state, or why a neuron fired.",
        effect=Effect.READ,
        args=f"{_ARGS}:InspectArgs",
        handler=f"{_WORKING}:burst_inspect",
    ),
    ToolSpec(
        verb="burst_edit",
        summary="Make edits in a copy of the connectome; what is different.",
        effect=Effect.SANDBOX,
        args=f"{_ARGS}:EditArgs",
        handler=f"{_WORKING}:burst_edit",
        cost=_PROBE,
    ),
    ToolSpec(
        verb="burst_keep",
        summary="Write the spikes, the state and the learned connectome of a run into the files asked for.",
        effect=Effect.WRITE,
        args=f"{_ARGS}:KeepArgs",
        handler="rusta_burst.tools.keeping:keep",
        reconcile="rusta_burst.tools.keeping:reconcile",
        timeout_s=3600.0,
    ),
    ToolSpec(
        verb="burst_receipt",
        summary="Whether the last promoted change of a connectome's file can be taken back.",
        effect=Effect.READ,
        args=f"{_ARGS}:ReceiptArgs",
        handler=f"{_PROMOTING}:receipt",
    ),
    ToolSpec(
        verb="burst_promote",
        summary="Put a proved change in the place of the connectome's file, and keep what was there.",
        effect=Effect.WRITE,
        args=f"{_ARGS}:PromoteArgs",
        handler=f"{_PROMOTING}:promote",
        reconcile=f"{_PROMOTING}:reconcile_promote",
    ),
    ToolSpec(
        verb="burst_restore",
        summary="Put a connectome's file back as it was before the last promotion.",
        effect=Effect.WRITE,
        args=f"{_ARGS}:RestoreArgs",
        handler=f"{_PROMOTING}:restore",
        reconcile=f"{_PROMOTING}:reconcile_restore",
    ),
)

DOMAINS = (
    DomainSpec("burst_run", "Run a connectome, logged and resumable", f"{_DOMAIN}.run:RunDomain"),
    DomainSpec(
        "burst_change",
        "Change a connectome with proof that its activity holds",
        f"{_DOMAIN}.change:ChangeDomain",
    ),
    DomainSpec("burst_restore", "Take a change of a connectome back", f"{_DOMAIN}.restore:RestoreDomain"),
)

COMMANDS = (CommandSpec("burst", "Make, run, change, picture and exchange connectomes", "rusta_burst.cli.group:burst"),)


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The command of this plugin."""
    return COMMANDS


@hookimpl
def rusta_tools() -> Iterable[ToolSpec]:
    """The tools of the burst domains."""
    return TOOLS


@hookimpl
def rusta_domains() -> Iterable[DomainSpec]:
    """Running, changing, restoring."""
    return DOMAINS
