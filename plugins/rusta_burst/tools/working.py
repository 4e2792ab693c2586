"""``burst_load``, ``burst_step``, ``burst_inspect`` and ``burst_edit``: they read the goal's file and change nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rusta_burst.connectome.difference import difference
from rusta_burst.domain.workspace import BurstWorkspace
from rusta_burst.dynamics.why import why
from rusta_burst.editing.applying import apply
from rusta_burst.errors import BurstError, InvalidInput
from rusta_burst.running import states
from rusta_burst.running.reports import memory_estimate, neuron_view, overview
from rusta_burst.tools.arguments import EditArgs, InspectArgs, LoadArgs, StepArgs
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult

T = TypeVar("T")


def burst_load(_args: LoadArgs, context: ToolContext) -> ToolResult:
    """What the goal's connectome is: counts, areas, memory, and the digest of its file.

    Raises:
        ToolError: it cannot be read, or is damaged.
    """
    workspace = workspace_of(context)

    def load() -> dict[str, Any]:
        told = overview(workspace.base)
        return {**told, "file_sha256": workspace.file_sha256(), "stimulus_sha256": workspace.stimulus_sha256()}

    told = asked(load)
    return ToolResult(f"{told['neurons']:,} neurons, {told['synapses']:,} synapses in {len(told['areas'])} areas", told)


def burst_step(args: StepArgs, context: ToolContext) -> ToolResult:
    """Run bursts. The report holds digests of the spikes and of the state, so that two runs can be held together.

    Raises:
        ToolError: the connectome cannot be run.
        Cancelled: the user interrupted.
    """
    workspace = workspace_of(context)
    told = asked(lambda: workspace.step(args.which, args.start, args.bursts, context.cancel, keep=args.keep))
    last = args.start + args.bursts - 1
    return ToolResult(f"bursts {args.start} to {last}: {told['spikes']:,} spikes, {told['events']:,} events", told)


def burst_inspect(args: InspectArgs, context: ToolContext) -> ToolResult:
    """Look at the connectome, one neuron, the running state, or why a neuron fired in the last burst.

    Raises:
        ToolError: what is asked for is not there.
    """
    workspace = workspace_of(context)

    def look() -> tuple[str, dict[str, Any]]:
        if args.what == "connectome":
            told = overview(workspace.connectome(args.which))
            return f"connectome {told['digest'][:12]}", told
        if args.what == "state":
            machine = workspace.machine_at(args.which, args.start)
            digest = states.digest_of(states.capture(machine))
            return f"state {digest[:12]} before burst {machine.burst}", {"state_sha256": digest, "burst": machine.burst}
        if args.neuron is None:
            raise InvalidInput(f"burst_inspect: {args.what!r} needs a neuron")
        if args.what == "neuron":
            return f"neuron {args.neuron}", neuron_view(workspace.connectome(args.which), args.neuron)
        found = why(workspace.machine_at(args.which, args.start).network, args.neuron)
        return str(found).splitlines()[0], explained(found)

    summary, told = asked(look)
    return ToolResult(summary, told)


def burst_edit(args: EditArgs, context: ToolContext) -> ToolResult:
    """Make edits in a copy; says what is different, and how much memory the copy needs.

    Raises:
        ToolError: an operation cannot be made; the copy is as before.
    """
    workspace = workspace_of(context)

    def edit() -> dict[str, Any]:
        if not args.edits:
            workspace.changed = None
            workspace.forget_machine()
            return {"digest": workspace.base.digest, "laid": "base"}
        made = apply(workspace.base, args.edits)
        workspace.changed = made.connectome
        workspace.forget_machine()
        return {
            "digest": made.connectome.digest,
            "laid": "changed",
            "memory_bytes": memory_estimate(made.connectome),
            "neurons": int((made.connectome.neurons.alive == 1).sum()),
            "difference": difference(workspace.base, made.connectome).to_json(),
            **made.counts,
        }

    told = asked(edit)
    if told["laid"] == "base":
        return ToolResult("the connectome as it is in its file is laid again", told)
    return ToolResult(
        f"{len(args.edits)} operations made: {told['neurons']:,} neurons, {told['synapses']:,} synapses", told
    )


def explained(found: Any) -> dict[str, Any]:
    """An explanation as plain data."""
    return {
        "neuron": found.neuron,
        "burst": found.burst,
        "fired": found.fired,
        "total": found.total,
        "causes": [{"source": c.source, "burst": c.burst, "contribution": c.contribution} for c in found.causes],
    }


def workspace_of(context: ToolContext) -> BurstWorkspace:
    """The workspace of a burst episode.

    Raises:
        ToolError: the episode has another one.
    """
    if not isinstance(context.workspace, BurstWorkspace):
        raise ToolError("this tool needs a connectome; call it in an episode of 'burst_run' or 'burst_change'")
    return context.workspace


def asked(question: Callable[[], T]) -> T:
    """Ask, and make what goes wrong an answer of the tool.

    Raises:
        ToolError: the question's error, in its own words.
    """
    try:
        return question()
    except BurstError as error:
        raise ToolError(str(error)) from None
