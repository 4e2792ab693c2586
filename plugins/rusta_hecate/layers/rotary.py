"""Rotary positions: a query and a key turned by their places, so that their product knows only the distance.

Pairs are (i, i + D/2) of each head; the angle of pair i at place t is t · base^(−2i/D) (Su et al. 2021, in the
"half" layout). The backward pass is the same rotation with the sign of the sine turned.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor


@functools.lru_cache(maxsize=32)
def tables(
    length: int, size: int, base: float, dtype: torch.dtype = torch.float32, device: torch.device | None = None
) -> tuple[Tensor, Tensor]:
    """cos and sin, each (length, size/2), for places 0 … length−1."""
    rates = base ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = torch.arange(length, dtype=torch.float64)[:, None] * rates[None]
    cos, sin = (part.to(device, dtype).contiguous() for part in (angles.cos(), angles.sin()))
    return cos, sin


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x: (…, T, H, D) turned by the tables (T, D/2)."""
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    c, s = cos[:, None].to(x.dtype), sin[:, None].to(x.dtype)
    return torch.cat((first * c - second * s, first * s + second * c), dim=-1)
