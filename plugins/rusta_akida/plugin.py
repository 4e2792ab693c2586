"""What this plugin declares. Nothing else is imported until it is used."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, RankerSpec, ToolSpec
from rusta_schemas.effects import Effect

_FLASHING = "rusta_akida.flashing"

COMMANDS: tuple[CommandSpec, ...] = (
    CommandSpec("flash", "Put a program on a device, with proof", "rusta_akida.cli.flash:flash"),
    CommandSpec("akida", "Look at chip programs and devices", "rusta_akida.cli.akida:akida"),
)

DOMAINS = (
    DomainSpec("flash", "Put a program on a device, or leave the device as it was", f"{_FLASHING}.domain:FlashDomain"),
)

# As measured (docs/explanation/reservoirs.md) it does not bring a repair forward, so that it is asked only by name.
RANKERS = (
    RankerSpec("message_hint", "repair", "A trained readout of the message's bytes", "message_hint", usual=False),
)

CHECKS = (CheckSpec("akida", "Devices that can be driven.", "rusta_akida.cli.finding:check_devices"),)


def _tool(
    name: str,
    summary: str,
    effect: Effect,
    args: str,
    reconcile: str | None = None,
    *,
    probes: float = 0.0,
    handler: str | None = None,
) -> ToolSpec:
    return ToolSpec(
        verb=f"flash_{name}",
        summary=summary,
        effect=effect,
        args=f"{_FLASHING}.arguments:{args}",
        handler=f"{_FLASHING}.tools:{handler or name}",
        timeout_s=300.0,
        cost={"probes": probes} if probes else {},
        reconcile=f"{_FLASHING}.tools:{reconcile}" if reconcile else None,
    )


TOOLS = (
    _tool("sense", "Ask a device who it is and what is on it.", Effect.READ, "SenseArgs"),
    _tool("check", "Verify a program and hold it against a device profile.", Effect.READ, "CheckArgs"),
    _tool("dry_run", "Flash a twin and prove the program there.", Effect.SANDBOX, "DryRunArgs", probes=1),
    _tool("write", "Stage a program beside the active one and read it back.", Effect.DEVICE, "WriteArgs",
          "reconcile_write"),
    _tool("compare", "Look whether a swap of weights is enough.", Effect.READ, "CompareArgs", handler="compare_slots"),
    _tool("replace", "Replace weights of mutable slots in place.", Effect.DEVICE, "ReplaceArgs", "reconcile_replace"),
    _tool("prove", "Compare a device's answers with the reference.", Effect.READ, "ProveArgs"),
    _tool("activate", "Swap the staged program in.", Effect.DEVICE, "SwapArgs", "reconcile_swap"),
    _tool("restore", "Go back to an earlier program, byte for byte.", Effect.DEVICE, "SwapArgs", "reconcile_swap"),
    _tool("discard", "Throw away what is staged.", Effect.DEVICE, "DiscardArgs", "reconcile_discard"),
    ToolSpec(
        "message_hint", "Score candidates by what their message hints at.", Effect.READ,
        "rusta_akida.diagnostics.ranking:MessageHintArgs", "rusta_akida.diagnostics.ranking:message_hint", timeout_s=60.0,
    ),
)  # fmt: skip


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    """The commands of this plugin."""
    return COMMANDS


@hookimpl
def rusta_tools() -> Iterable[ToolSpec]:
    """The tools of a flash."""
    return TOOLS


@hookimpl
def rusta_domains() -> Iterable[DomainSpec]:
    """The domain that flashes."""
    return DOMAINS


@hookimpl
def rusta_rankers() -> Iterable[RankerSpec]:
    """What a message hints at."""
    return RANKERS


@hookimpl
def rusta_checks() -> Iterable[CheckSpec]:
    """Whether devices can be driven."""
    return CHECKS
