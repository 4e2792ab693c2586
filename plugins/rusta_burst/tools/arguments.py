"""Arguments of the tools."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rusta_burst.editing.operations import Operation
from rusta_schemas.base import Bool, Closed, Count, Int, Sha256

Which = Literal["base", "changed"]


class LoadArgs(Closed):
    """Nothing to say: the connectome is that of the episode's goal."""


class StepArgs(Closed):
    """``bursts`` bursts from burst ``start`` on, of the connectome as it is or as it was changed."""

    start: Count = 0
    bursts: Annotated[Int, Field(ge=1, le=100_000_000)] = 1
    which: Which = "base"
    keep: Bool = Field(default=False, description="write spikes and a snapshot into the state folder")


class InspectArgs(Closed):
    """``state``: the digest of the running state; ``neuron``: one neuron; ``why``: what made it fire in the last burst."""

    what: Literal["connectome", "state", "neuron", "why"] = "connectome"
    which: Which = "base"
    neuron: Count | None = None
    start: Count = Field(default=0, description="for state and why: the number of the next burst")


class EditArgs(Closed):
    """Operations on the connectome as it is in its file; an empty list lays that one again."""

    edits: tuple[Operation, ...] = ()


class KeepArgs(Closed):
    """Where to put what a run made: its spikes, its state before burst ``burst``, its connectome with what it learned."""

    burst: Count
    spikes: str | None = None
    state: str | None = None
    learned: str | None = None


class PromoteArgs(Closed):
    """Put a changed connectome in the place of a file that is still as it was."""

    path: str = Field(min_length=1)
    before: Sha256 = Field(description="of the file's bytes")
    digest: Sha256 = Field(description="of the changed connectome")
    edits: tuple[Operation, ...] = Field(min_length=1)


class RestoreArgs(Closed):
    """Put the file back that a promotion replaced."""

    path: str = Field(min_length=1)
    after: Sha256 = Field(description="of the file's bytes as the promotion left them")


class ReceiptArgs(Closed):
    """A file whose last promotion is asked about."""

    path: str = Field(min_length=1)
