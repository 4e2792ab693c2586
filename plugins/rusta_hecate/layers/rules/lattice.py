"""Lattice's orthogonal state recurrence: slots on the unit sphere take in only what is new to them.

    g = write_t ⊙ σ(S k_t),   U = S + g (v_tᵀ − (S v_t) ⊙ S),   S′ = rows of U at length 1,   y_t = softmax(S q_t)ᵀ S

S: (N, slots, D) with rows of length 1. What is read at t is the state before t is written. Karami et al., "Lattice:
learning to efficiently compress the memory" (2025), the decoding variant.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rusta_hecate.layers.rules.contract import Inputs, Pair, State


def _apply(s: Tensor, x: Tensor) -> Tensor:
    return (s @ x[..., None])[..., 0]


def _turned(s: Tensor, x: Tensor) -> Tensor:
    return (s.mT @ x[..., None])[..., 0]


def _outer(a: Tensor, b: Tensor) -> Tensor:
    return a[..., None] * b[..., None, :]


def forward(inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
    """See the module. Keeps the states."""
    q, k, v, write = (inputs[name] for name in ("q", "k", "v", "write"))
    (slots,) = state
    kept, outputs = [slots], []
    for t in range(q.shape[1]):
        outputs.append(_turned(slots, _apply(slots, q[:, t]).softmax(-1)))
        gate = write[:, t, None] * torch.sigmoid(_apply(slots, k[:, t]))
        fresh = v[:, t, None] - _apply(slots, v[:, t])[..., None] * slots
        moved = slots + gate[..., None] * fresh
        slots = moved / moved.norm(dim=-1, keepdim=True)
        kept.append(slots)
    return torch.stack(outputs, 1), (slots,), kept


def backward(inputs: Inputs, kept: Any, grad: Tensor, grad_end: State) -> tuple[dict[str, Tensor], State]:
    """The same steps, last first."""
    q, k, v, write = (inputs[name] for name in ("q", "k", "v", "write"))
    back = {name: torch.zeros_like(x) for name, x in inputs.items()}
    (slope,) = grad_end
    for t in reversed(range(q.shape[1])):
        slots, after = kept[t], kept[t + 1]
        opening = torch.sigmoid(_apply(slots, k[:, t]))
        gate = write[:, t, None] * opening
        shadow = _apply(slots, v[:, t])
        fresh = v[:, t, None] - shadow[..., None] * slots
        length = (slots + gate[..., None] * fresh).norm(dim=-1, keepdim=True)
        to_moved = (slope - (slope * after).sum(-1, keepdim=True) * after) / length
        to_gate = (to_moved * fresh).sum(-1)
        to_fresh = gate[..., None] * to_moved
        to_shadow = -(to_fresh * slots).sum(-1)
        back["v"][:, t] = to_fresh.sum(-2) + _turned(slots, to_shadow)
        slope = to_moved - shadow[..., None] * to_fresh + _outer(to_shadow, v[:, t])
        back["write"][:, t] = (to_gate * opening).sum(-1)
        to_score = to_gate * gate * (1 - opening)
        back["k"][:, t] = _turned(slots, to_score)
        slope = slope + _outer(to_score, k[:, t])
        weights = _apply(slots, q[:, t]).softmax(-1)
        to_weights = _apply(slots, grad[:, t])
        to_score = weights * (to_weights - (weights * to_weights).sum(-1, keepdim=True))
        back["q"][:, t] = _turned(slots, to_score)
        slope = slope + _outer(weights, grad[:, t]) + _outer(to_score, q[:, t])
    return back, (slope,)


RECURRENT = Pair(forward, backward)
