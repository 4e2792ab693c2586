"""Error buffers: what a slow level's gradients add up to, and the watch on how large that grows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from rusta_hecate.errors import ConfigError
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.memory import MemoryBranch

THRESHOLD = 10.0


@dataclass(frozen=True)
class Sync:
    """A level's turn: ratio = ‖accumulated‖ / ‖this step's gradient‖. loud: above the threshold; clipped: brought back."""

    step: int
    level: int
    ratio: float
    loud: bool
    clipped: bool

    def __str__(self) -> str:
        done = "; it was clipped to the threshold" if self.clipped else ""
        return f"step {self.step}: level {self.level} applies {self.ratio:.1f} times one step's gradient{done}"


class ErrorBuffers:
    """Goes between backward pass and optimiser. ``begin`` before the forward pass, ``settle`` after the backward one.

    A level with frequency f is active on steps 0, f, 2f, …; on these the buffer, with the step's own gradient, becomes the
    parameters' gradient. On all others their gradient is taken away, so that an optimiser leaves them alone.
    """

    def __init__(self, model: ByteModel, *, threshold: float = THRESHOLD, clip: bool = False) -> None:
        if not threshold > 0:
            raise ConfigError(f"the threshold of the error buffers is {threshold}; give a positive number")
        self.frequencies = model.config.frequencies
        self.threshold, self.clip = threshold, clip
        self.branches = [module for module in model.modules() if isinstance(module, MemoryBranch)]
        self.parameters = [
            [p for branch in self.branches for p in branch.levels[level].parameters()]
            for level in range(len(self.frequencies))
        ]
        self.buffers: list[list[Tensor] | None] = [None] * len(self.frequencies)

    def active(self, step: int) -> tuple[bool, ...]:
        """Which levels learn in this step."""
        return tuple(step % frequency == 0 for frequency in self.frequencies)

    def begin(self, step: int) -> None:
        """Tell every branch which levels write in this step."""
        for branch in self.branches:
            branch.active = self.active(step)

    def settle(self, step: int) -> list[Sync]:
        """Move gradients into the buffers, or out of them where it is a level's turn."""
        found = []
        for level, turn in enumerate(self.active(step)):
            if self.frequencies[level] == 1:
                continue
            parameters = self.parameters[level]
            fresh = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
            kept = self.buffers[level]
            total = fresh if kept is None else [a + b for a, b in zip(kept, fresh, strict=True)]
            if turn:
                found.append(self._apply(step, level, fresh, total))
                self.buffers[level] = None
            else:
                self.buffers[level] = [part.detach().clone() for part in total]
                for p in parameters:
                    p.grad = None
        return found

    def _apply(self, step: int, level: int, fresh: list[Tensor], total: list[Tensor]) -> Sync:
        ratio = _norm(total) / max(_norm(fresh), 1e-30)
        loud = ratio > self.threshold
        factor = self.threshold / ratio if loud and self.clip else 1.0
        for p, part in zip(self.parameters[level], total, strict=True):
            p.grad = part * factor
        return Sync(step, level, ratio, loud, loud and self.clip)


def _norm(parts: list[Tensor]) -> float:
    return math.sqrt(sum(float(part.double().square().sum()) for part in parts))
