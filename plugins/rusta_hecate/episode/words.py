"""What a training episode is asked to do, and what its tools take and tell."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from rusta_schemas.base import Closed, JsonObject, to_json


class TrainGoal(Closed):
    """The goal as it stands in the log.

    size: nano, tiny or base. changes: of its configuration. settings: of the run. corpus, folder: absolute paths.
    name: under which the model is to be promoted. measured: bytes of held-out text that the gates measure.
    after: folder of the run whose weights this one begins with; empty for fresh ones.
    """

    size: str = Field(pattern="^(nano|tiny|base)$")
    name: str = Field(pattern="^[a-z0-9][a-z0-9_-]{0,40}$")
    corpus: str = Field(min_length=1)
    folder: str = Field(min_length=1)
    changes: JsonObject = Field(default_factory=dict)
    settings: JsonObject = Field(default_factory=dict)
    measured: int = Field(default=60_000, ge=1)
    after: str = ""

    def to_json(self) -> JsonObject:
        """Plain values."""
        return to_json(self)

    @property
    def run_folder(self) -> Path:
        """Where the run's checkpoint, log and picture lie."""
        return Path(self.folder)


class TrainArgs(Closed):
    """The goal that a tool works for."""

    goal: TrainGoal


class Looked(Closed):
    """What is there. parameters: of the model. step: of a run to go on with, 0 for a new one.

    device: the name of what will be computed on. memory: bytes that a run takes there at most, for the text's windows alone.
    """

    corpus: str
    train_bytes: int
    heldout_bytes: int
    parameters: int
    step: int
    device: str = ""
    memory: int = 0


class Tried(Closed):
    """Bits per byte of a fixed batch before and after a few steps on it."""

    before: float
    after: float


class Trained(Closed):
    """The run at its end. sha256: of the checkpoint file. device: what its last steps were computed on."""

    step: int
    seconds: float
    bits: float
    sha256: str
    device: str = ""


class Gated(Closed):
    """The gates' figures, bits per byte of held-out text. former: of the model that is promoted now.

    stage, heads: what was trained, and its heads' shares of right answers on held-out examples, by term.
    """

    float32: float
    int8: float
    former: float | None
    stage: str = "s0"
    heads: dict[str, float] = Field(default_factory=dict)
    size: int
    file: str
    sha256: str
