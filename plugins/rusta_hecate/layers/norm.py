"""Root-mean-square normalisation: y = w ⊙ x / √(mean(x²) + ε), over the last axis (Zhang & Sennrich 2019)."""

from __future__ import annotations

from torch import Tensor

EPSILON = 1e-6


def rms_norm(x: Tensor, weight: Tensor | None = None) -> Tensor:
    """x: (…, D), weight: (D,) or None for all ones. The plain form, differentiated by PyTorch."""
    scaled = x * (x.square().mean(-1, keepdim=True) + EPSILON).rsqrt()
    return scaled if weight is None else scaled * weight
