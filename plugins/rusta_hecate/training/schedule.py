"""Warm up, stay, decay: the learning rate's factor at each step.

The decay's first step is part of a run's state. A run that is bounded by time decides it once, when its clock says so;
from then on the factor is a function of the step alone, so that a resumed run takes exactly the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Schedule:
    """``warmup``: steps to full rate. ``decay_from``: first step of the decay (None: not yet). ``decay``: its length."""

    warmup: int
    decay_from: int | None = None
    decay: int = 1

    def factor(self, step: int) -> float:
        """Between 0 and 1; linear at both ends, and 0 from the end of the decay on."""
        up = min(1.0, (step + 1) / max(1, self.warmup))
        if self.decay_from is None or step < self.decay_from:
            return up
        return min(up, max(0.0, 1.0 - (step - self.decay_from + 1) / max(1, self.decay)))

    def begin_decay(self, step: int, length: int) -> None:
        """Decay from this step on, over ``length`` steps. A decay that has begun is not moved."""
        if self.decay_from is None:
            self.decay_from, self.decay = step, max(1, length)

    def over(self, step: int) -> bool:
        """Whether nothing is left to learn at this step."""
        return self.decay_from is not None and step >= self.decay_from + self.decay
