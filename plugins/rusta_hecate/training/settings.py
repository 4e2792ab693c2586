"""What a training run is told: plain data, kept in every checkpoint of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from rusta_hecate.errors import ConfigError

STAGES = ("s0", "s1", "s2")
"""Bytes alone; with questions about passages; with code to mend and tools to choose."""
DEVICES = ("auto", "cpu", "cuda")
"""Where to compute: on a graphics card if PyTorch can use one, on the processor, on a graphics card."""
GATES: dict[str, dict[str, float]] = {
    "s0": {},
    "s1": {"anchor": 0.80},
    "s2": {"anchor": 0.80, "action": 0.75, "ast": 0.95},
}
"""The least share of right answers on held-out examples that lets a stage's model be promoted: passages, next tools,
kinds of syntax nodes."""


@dataclass(frozen=True)
class TrainSettings:
    """Settings of one run; raises ConfigError when one is out of its range.

    ``rows`` windows of ``length`` bytes make a step. The run ends after ``steps`` steps, or when ``seconds`` of its own
    clock have passed, whichever is given; the last ``decay_share`` of it lets the learning rate fall to 0.
    ``muon_rate`` is for the matrices of the blocks, ``adam_rate`` for all else. ``clip``: largest norm of a gradient.
    ``threads``: of the arithmetic; another number gives other roundings, so it belongs to the run. ``stage``: what else is
    learned (see :mod:`rusta_hecate.heads.stages`), from ``examples`` labelled texts in each step. ``device``: one of DEVICES; a
    run's checkpoint has the one it came to.
    """

    seed: int = 1
    rows: int = 8
    length: int = 512
    steps: int = 0
    seconds: float = 0.0
    warmup: int = 20
    decay_share: float = 0.3
    muon_rate: float = 0.02
    adam_rate: float = 3e-3
    clip: float = 1.0
    threads: int = 1
    bf16: bool = True
    save_every_s: float = 120.0
    stage: str = "s0"
    examples: int = 8
    device: str = "auto"

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise ConfigError(f"no stage is called {self.stage!r}; there are {', '.join(STAGES)}")
        if self.device not in DEVICES:
            raise ConfigError(f"no device is called {self.device!r}; there are {', '.join(DEVICES)}")
        for name in ("rows", "length", "threads", "examples"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}; give at least 1")
        if self.steps <= 0 and self.seconds <= 0:
            raise ConfigError("a run needs an end: give a number of steps, or of minutes")
        if not 0 <= self.decay_share < 1:
            raise ConfigError(f"decay_share is {self.decay_share}; give a share from 0 to below 1")
        for name in ("muon_rate", "adam_rate", "clip"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ConfigError(f"{name} is {getattr(self, name)}; give a positive number")

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainSettings:
        """Back from :meth:`to_json`; ConfigError names a setting that this version does not know."""
        strangers = sorted(set(data) - {field.name for field in fields(cls)})
        if strangers:
            raise ConfigError(f"the run has the settings {', '.join(strangers)}, which this version does not know")
        return cls(**data)
