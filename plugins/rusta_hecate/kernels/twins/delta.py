"""The gated delta rule place by place, forward and backward.

    F_t = e^{g_t} S_{t−1},   u_t = β_t (v_t − F_tᵀ k_t),   S_t = F_t + k_t u_tᵀ,   o_t = S_tᵀ q_t

Yang et al., "Gated delta networks" (2024). The kernel computes the same in chunks; this is the recurrence itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]


def delta_rule(
    q: Floats, k: Floats, v: Floats, beta: Floats, log_decay: Floats | None = None, start: Floats | None = None
) -> tuple[Floats, Floats]:
    """q, k (B, T, H, K), v (B, T, H, V), beta, log_decay (B, T, H), start (B, H, K, V) → o like v, the last state."""
    states = _states(q, k, v, beta, log_decay, start)
    out = np.empty_like(v)
    for t in range(q.shape[1]):
        out[:, t] = _down(states[t + 1], q[:, t])
    return out, states[-1]


def delta_rule_backward(
    q: Floats, k: Floats, v: Floats, beta: Floats, log_decay: Floats | None, start: Floats | None,
    grad: Floats, grad_end: Floats,
) -> dict[str, Floats]:  # fmt: skip
    """grad like o, grad_end like the last state → what comes back to each input, by its name."""
    states = _states(q, k, v, beta, log_decay, start)
    back = {"q": np.empty_like(q), "k": np.empty_like(k), "v": np.empty_like(v), "beta": np.empty_like(beta)}
    back["log_decay"] = np.zeros_like(beta)
    slope = grad_end
    for t in reversed(range(q.shape[1])):
        b = beta[:, t, :, None]
        keep = _keep(log_decay, beta, t)
        faded = states[t] * keep
        error = v[:, t] - _down(faded, k[:, t])
        back["q"][:, t] = _up(states[t + 1], grad[:, t])
        slope = slope + _outer(q[:, t], grad[:, t])
        along = _up(slope, error)
        back["beta"][:, t] = (along * k[:, t]).sum(-1)
        to_error = b * _down(slope, k[:, t])
        back["v"][:, t] = to_error
        back["k"][:, t] = b * along - _up(faded, to_error)
        slope = slope - _outer(k[:, t], to_error)
        back["log_decay"][:, t] = (slope * faded).sum((-1, -2))
        slope = slope * keep
    return {**back, "start": slope}


def _states(
    q: Floats, k: Floats, v: Floats, beta: Floats, log_decay: Floats | None, start: Floats | None
) -> list[Floats]:
    shape = (q.shape[0], q.shape[2], q.shape[3], v.shape[3])
    states = [np.zeros(shape, q.dtype) if start is None else start]
    for t in range(q.shape[1]):
        faded = states[-1] * _keep(log_decay, beta, t)
        written = beta[:, t, :, None] * (v[:, t] - _down(faded, k[:, t]))
        states.append(faded + _outer(k[:, t], written))
    return states


def _keep(log_decay: Floats | None, like: Floats, t: int) -> Floats:
    g = np.zeros_like(like[:, t]) if log_decay is None else log_decay[:, t]
    out: Floats = np.exp(g)[..., None, None]
    return out


def _down(state: Floats, x: Floats) -> Floats:
    """Sᵀ x"""
    out: Floats = np.einsum("bhkv,bhk->bhv", state, x)
    return out


def _up(state: Floats, x: Floats) -> Floats:
    """S x"""
    out: Floats = np.einsum("bhkv,bhv->bhk", state, x)
    return out


def _outer(a: Floats, b: Floats) -> Floats:
    out: Floats = a[..., None] * b[..., None, :]
    return out
