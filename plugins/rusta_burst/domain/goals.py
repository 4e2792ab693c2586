"""What the episodes are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from rusta_burst.editing.operations import Operation
from rusta_burst.errors import InvalidInput
from rusta_burst.running.drives import Stimulus
from rusta_burst.running.machine import Settings, parse_drives
from rusta_schemas.base import Bool, Closed, Count, Int, JsonObject, Number, to_json

U64 = Annotated[Int, Field(ge=0, lt=2**63)]
Bursts = Annotated[Int, Field(ge=1, le=100_000_000)]


class RunSettings(Closed):
    """How to run. ``drives``: ``AREA=AMOUNT@CHANCE``. ``stimulus``: a CSV file of burst, neuron, amount."""

    seed: U64 = 0
    mode: Literal["dense", "candidates"] = "dense"
    state: Literal["float", "fixed"] = "float"
    learning: Bool = True
    threads: Annotated[Int, Field(ge=1, le=64)] | None = None
    drives: tuple[str, ...] = ()
    stimulus: str | None = None

    def settings(self) -> Settings:
        """As a machine takes them.

        Raises:
            InvalidInput: a drive or the stimulus is not well formed.
        """
        return Settings(
            self.seed,
            self.mode,
            self.state,
            self.learning,
            self.threads,
            parse_drives(self.drives),
            Stimulus.of([]) if self.stimulus is None else Stimulus.read(Path(self.stimulus)),
        )


class KeptFiles(Closed):
    """Files that a run leaves when it has ended."""

    spikes: str | None = None
    state: str | None = None
    learned: str | None = None


class RunGoal(Closed):
    """A run. ``run`` names the folder of its snapshots; ``chunk`` is how many bursts one logged call makes."""

    path: str = Field(min_length=1)
    run: str = Field(pattern=r"^[0-9a-f]{8,32}$")
    bursts: Bursts
    chunk: Bursts
    settings: RunSettings = RunSettings()
    watch: tuple[Count, ...] = Field(default=(), max_length=1000)
    origin: str | None = Field(default=None, description="a snapshot to begin from")
    begin: Count = Field(default=0, description="the first burst: 0, or that of the snapshot")
    keep: KeptFiles = KeptFiles()


class ChangeGoal(Closed):
    """A change. ``candidates`` are tried in order; the first whose activity is within bounds is proposed.

    ``tolerance``: how far, as a share, the rate of an area that fires in the reference may move; areas not named in
    ``may_change``. ``most_firing``: no burst may have more than this share of all neurons fire. ``most_memory``: bytes.
    """

    path: str = Field(min_length=1)
    run: str = Field(pattern=r"^[0-9a-f]{8,32}$")
    candidates: tuple[tuple[Operation, ...], ...] = Field(min_length=1, max_length=32)
    bursts: Annotated[Int, Field(ge=1, le=1_000_000)] = 100
    settings: RunSettings = RunSettings()
    tolerance: Annotated[Number, Field(ge=0)] = 0.5
    may_change: tuple[str, ...] = ()
    most_firing: Annotated[Number, Field(gt=0, le=1)] = 0.5
    most_memory: Annotated[Int, Field(ge=1)] = 16 * 2**30
    promote: Bool = False


class RestoreGoal(Closed):
    """Taking the last promoted change of ``path`` back."""

    path: str = Field(min_length=1)


def as_goal(model: type[Closed], values: dict[str, Any]) -> JsonObject:
    """A goal as plain data, checked.

    Raises:
        InvalidInput: naming the value that does not fit.
    """
    try:
        return to_json(model.model_validate(values))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{place}: {first['msg']}") from None
