"""RMS normalisation and squared ReLU, forward and backward.

y = w ⊙ x s,  s = 1/√(mean(x²) + ε)          (Zhang & Sennrich 2019)
dx = s (dy ⊙ w) − x s³ mean((dy ⊙ w) ⊙ x),    dw = Σ rows dy ⊙ x s
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
EPSILON = 1e-6


def rms_norm(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """x (rows, D), weight (D,) → y like x, and s (rows,)."""
    scales = 1 / np.sqrt(np.square(x).mean(-1) + x.dtype.type(EPSILON))
    return x * scales[:, None] * weight, scales


def rms_norm_backward(x: Floats, weight: Floats, scales: Floats, grad: Floats) -> tuple[Floats, Floats]:
    """grad like y → what comes back to x, and to the weight (D,)."""
    s = scales[:, None]
    inner = grad * weight
    grad_x = s * inner - x * s**3 * (inner * x).mean(-1, keepdims=True)
    return grad_x, (grad * x * s).sum(0)


def relu2(x: Floats) -> Floats:
    """relu(x)²"""
    return np.square(np.maximum(x, 0))


def relu2_backward(x: Floats, grad: Floats) -> Floats:
    """2 relu(x) ⊙ grad"""
    out: Floats = 2 * np.maximum(x, 0) * grad
    return out
