"""Causal sliding-window attention over packed projections, with rotary positions, forward and backward.

    q', k' = q, k turned by their places;  p_ts = softmax over s = t−window+1 … t of q'_t·k'_s / √D;  o_t = Σ_s p_ts v_s
    dv = pᵀ do,  ds = p ⊙ (do vᵀ − rows of (do · o)),  dq' = ds k' / √D,  dk' = dsᵀ q' / √D, turned back

Turning is a rotation of the pairs (i, i + D/2) (Su et al. 2021), so its backward pass turns the other way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
Turn = tuple[Floats, Floats]
"""cos and sin, each (T, D/2)."""


def attention(qkv: Floats, window: int, turn: Turn | None = None) -> tuple[Floats, Floats]:
    """qkv (B, T, 3, H, D) → o (B, T, H, D) and the scores' log-sum-exp (B, H, T)."""
    q, k, v = _parts(qkv, turn)
    scores = _scores(q, k, window)
    highest = scores.max(-1, keepdims=True)
    lse = highest + np.log(np.exp(scores - highest).sum(-1, keepdims=True))
    return (np.exp(scores - lse) @ v).transpose(0, 2, 1, 3), lse[..., 0]


def attention_backward(
    qkv: Floats, out: Floats, lse: Floats, grad: Floats, window: int, turn: Turn | None = None
) -> Floats:
    """grad like o → what comes back to qkv."""
    q, k, v = _parts(qkv, turn)
    out, grad = out.transpose(0, 2, 1, 3), grad.transpose(0, 2, 1, 3)
    p = np.exp(_scores(q, k, window) - lse[..., None])
    to_scores = p * (grad @ _turned(v) - (grad * out).sum(-1, keepdims=True))
    scale = q.dtype.type(q.shape[-1] ** -0.5)
    back_q, back_k = to_scores @ k * scale, _turned(to_scores) @ q * scale
    if turn is not None:
        back = (turn[0], -turn[1])
        back_q, back_k = _rotate(back_q, back), _rotate(back_k, back)
    return np.stack((back_q, back_k, _turned(p) @ grad), 2).transpose(0, 3, 2, 1, 4)


def _parts(qkv: Floats, turn: Turn | None) -> tuple[Floats, Floats, Floats]:
    """q, k, v, each (B, H, T, D), the first two turned."""
    q, k, v = (qkv[:, :, i].transpose(0, 2, 1, 3) for i in range(3))
    return (q, k, v) if turn is None else (_rotate(q, turn), _rotate(k, turn), v)


def _scores(q: Floats, k: Floats, window: int) -> Floats:
    place = np.arange(q.shape[2])
    distance = place[:, None] - place[None]
    scores = q @ _turned(k) * q.dtype.type(q.shape[-1] ** -0.5)
    seen: Floats = np.where((distance >= 0) & (distance < window), scores, q.dtype.type(-np.inf))
    return seen


def _rotate(x: Floats, turn: Turn) -> Floats:
    cos, sin = turn
    first, second = np.split(x, 2, -1)
    return np.concatenate((first * cos - second * sin, first * sin + second * cos), -1)


def _turned(x: Floats) -> Floats:
    return np.swapaxes(x, -1, -2)
