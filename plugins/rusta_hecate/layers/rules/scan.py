"""Prefix composition of affine maps: the associative scan behind rules that are linear in their state."""

from __future__ import annotations

import torch
from torch import Tensor


def affine_scan(maps: Tensor, shifts: Tensor, start: Tensor) -> Tensor:
    """X_t = maps_t · X_{t−1} + shifts_t with X_0 = start.

    maps: (N, T, K, K), shifts: (N, T, K, V), start: (N, K, V) → all X_1 … X_T: (N, T, K, V). log₂ T rounds, each
    composing every map with the one 2^round places before it (Hillis & Steele 1986).
    """
    length, step = maps.shape[1], 1
    while step < length:
        composed = maps[:, step:] @ maps[:, :-step]
        shifted = maps[:, step:] @ shifts[:, :-step] + shifts[:, step:]
        maps = torch.cat((maps[:, :step], composed), 1)
        shifts = torch.cat((shifts[:, :step], shifted), 1)
        step *= 2
    return maps @ start[:, None] + shifts
