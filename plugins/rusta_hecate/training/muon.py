"""The optimisers: Muon for matrices of the blocks, Adam for everything else.

Muon (Jordan et al. 2024): Nesterov momentum whose direction is made orthogonal by five steps of the quintic
Newton–Schulz iteration X ↦ aX + b(XXᵀ)X + c(XXᵀ)²X with (a, b, c) = (3.4445, −4.7750, 2.0315). Matrices of one shape
are handled together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

_A, _B, _C = 3.4445, -4.7750, 2.0315


def orthogonal(matrices: Tensor, steps: int = 5) -> Tensor:
    """(N, R, C) → (N, R, C) with all singular values near 1 (between about 0.7 and 1.2)."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.transpose(1, 2) if tall else matrices).bfloat16()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = _A * x + (_B * gram + _C * gram @ gram) @ x
    out: Tensor = (x.transpose(1, 2) if tall else x).to(matrices.dtype)
    return out


class Muon(torch.optim.Optimizer):
    """Muon over two-dimensional parameters. A parameter with more rows than ``split`` is taken as stacked matrices."""

    def __init__(
        self, params: Iterable[Tensor], lr: float = 0.02, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, _closure: Any = None) -> None:  # type: ignore[override]
        """One update from the gradients."""
        for group in self.param_groups:
            by_shape: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                kept = state["momentum"]
                kept.lerp_(parameter.grad, 1 - group["momentum"])
                direction = parameter.grad.lerp(kept, group["momentum"])
                parts = stacked(parameter)
                for weight, way in zip(parameter.chunk(parts), direction.chunk(parts), strict=True):
                    by_shape.setdefault((weight.shape[0], weight.shape[1]), []).append((weight, way))
            for (rows, columns), pairs in by_shape.items():
                scale = group["lr"] * max(1.0, rows / columns) ** 0.5
                for (weight, _), way in zip(pairs, orthogonal(torch.stack([p[1] for p in pairs])), strict=True):
                    weight.mul_(1 - group["lr"] * group["weight_decay"]).add_(way, alpha=-scale)


def stacked(parameter: Tensor) -> int:
    """How many square matrices stand one above the other in a parameter (queries, keys and values do); else 1."""
    rows, columns = parameter.shape
    return 3 if rows == 3 * columns else 1
