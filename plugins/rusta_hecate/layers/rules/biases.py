"""What a memory tries to make small: the derivative ψ(e) of its loss in the error e = memory(k) − v, and ψ′(e).

Behrouz et al., "It's all connected" (MIRAS, 2025): l₂ is Titans', l_p MONETA's, Huber's loss YAAD's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


class Bias(Protocol):
    """A loss, by its first two derivatives."""

    def slope(self, error: Tensor) -> Tensor:
        """ψ(e)"""

    def curvature(self, error: Tensor) -> Tensor:
        """ψ′(e)"""


@dataclass(frozen=True)
class Square:
    """½ e²."""

    def slope(self, error: Tensor) -> Tensor:
        return error

    def curvature(self, error: Tensor) -> Tensor:
        return torch.ones_like(error)


@dataclass(frozen=True)
class Power:
    """|e|^p with the sign and the corner at 0 smoothed: ψ(e) = p tanh(steep·e) (e² + ε)^((p−1)/2)."""

    power: float = 3.0
    steep: float = 10.0
    epsilon: float = 1e-6

    def slope(self, error: Tensor) -> Tensor:
        size = (error.square() + self.epsilon) ** ((self.power - 1) / 2)
        return self.power * torch.tanh(self.steep * error) * size

    def curvature(self, error: Tensor) -> Tensor:
        sign = torch.tanh(self.steep * error)
        inside = error.square() + self.epsilon
        first = self.steep * (1 - sign.square()) * inside ** ((self.power - 1) / 2)
        second = sign * (self.power - 1) * error * inside ** ((self.power - 3) / 2)
        return self.power * (first + second)


@dataclass(frozen=True)
class Huber:
    """½ e² up to ``knee``, straight from there on."""

    knee: float = 0.5

    def slope(self, error: Tensor) -> Tensor:
        return error.clamp(-self.knee, self.knee)

    def curvature(self, error: Tensor) -> Tensor:
        return (error.abs() < self.knee).to(error.dtype)
