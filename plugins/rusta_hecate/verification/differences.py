"""Central differences in double precision: the ground truth that no chain rule can get wrong together with us."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

RTOL, ATOL = 1e-4, 1e-6
STEP = 2e-4
# Four points cancel the error of third order: (offset in steps, weight).
STENCIL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))


@dataclass(frozen=True)
class Agreement:
    """How two gradients compare. worst: the largest difference by the largest entry; close: within RTOL and ATOL."""

    entries: int
    worst: float
    close: bool


def agreement(ours: Tensor, truth: Tensor) -> Agreement:
    """Compare entry by entry."""
    ours = ours.detach().to(truth.dtype)
    worst = ((ours - truth).abs().max() / truth.abs().max().clamp_min(1e-300)).item()
    return Agreement(truth.numel(), worst, bool(torch.allclose(ours, truth, rtol=RTOL, atol=ATOL)))


@torch.no_grad()
def entries(loss: Callable[[], Tensor], x: Tensor, which: Iterable[int] | None = None) -> Tensor:
    """∂loss/∂x for the entries ``which`` (flat positions; all without), x being changed and restored in place."""
    flat = x.view(-1)
    chosen = range(flat.numel()) if which is None else which
    found = []
    for i in chosen:
        before = flat[i].item()
        total = 0.0
        for offset, weight in STENCIL:
            flat[i] = before + offset * STEP
            total += weight * loss().item()
        flat[i] = before
        found.append(total / STEP)
    return torch.tensor(found, dtype=torch.float64)


@torch.no_grad()
def along(loss: Callable[[], Tensor], x: Tensor, directions: Tensor) -> Tensor:
    """The slopes of the loss along directions (count, *x.shape); each of length 1 touches every entry of x."""
    before = x.clone()
    found = []
    for direction in directions:
        total = 0.0
        for offset, weight in STENCIL:
            x.copy_(before + offset * STEP * direction)
            total += weight * loss().item()
        found.append(total / STEP)
    x.copy_(before)
    return torch.tensor(found, dtype=torch.float64)
