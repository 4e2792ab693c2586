"""Memories that are small networks, memory(k) = W₂ silu(W₁ k), trained by one gradient step per place.

    e = memory_{t−1}(k_t) − v_t,  (g₁, g₂) = ∇ loss(e),  W_t = retention(W_{t−1}, g),  y_t = memory_t(q_t)

The loss is a ``Bias``, the retention a ``Retention``: Titans' MLP memory, MONETA, YAAD and MEMORA are pairs of the two.
W₁: (N, H, K), W₂: (N, V, H). The backward pass goes through the inner gradient too (second derivatives).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rusta_hecate.layers.rules.biases import Bias
from rusta_hecate.layers.rules.contract import Inputs, Pair, State
from rusta_hecate.layers.rules.retentions import Gates, Retention


def silu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(x)


def silu_slope(x: Tensor) -> Tensor:
    s = torch.sigmoid(x)
    return s * (1 + x * (1 - s))


def silu_curvature(x: Tensor) -> Tensor:
    s = torch.sigmoid(x)
    return s * (1 - s) * (2 + x * (1 - 2 * s))


def _apply(w: Tensor, x: Tensor) -> Tensor:
    return (w @ x[..., None])[..., 0]


def _turned(w: Tensor, x: Tensor) -> Tensor:
    return (w.mT @ x[..., None])[..., 0]


def _outer(a: Tensor, b: Tensor) -> Tensor:
    return a[..., None] * b[..., None, :]


@dataclass(frozen=True)
class MlpMemory:
    """A rule with a network as its memory. The state is the parts of W₁'s retention, then those of W₂'s."""

    bias: Bias
    retention: Retention

    @property
    def pair(self) -> Pair:
        """Place by place: the only way that computes this rule."""
        return Pair(self.forward, self.backward)

    def _gates(self, inputs: Inputs, t: int) -> Gates:
        return {name: inputs[name][:, t, None, None] for name in self.retention.gates}

    def _matrices(self, state: State) -> tuple[Tensor, Tensor]:
        n = self.retention.parts
        return self.retention.weights(state[:n]), self.retention.weights(state[n:])

    def forward(self, inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
        """See the module. Keeps the states."""
        q, k, v = (inputs[name] for name in ("q", "k", "v"))
        n = self.retention.parts
        kept, outputs = [state], []
        w1, w2 = self._matrices(state)
        for t in range(q.shape[1]):
            gates = self._gates(inputs, t)
            before = _apply(w1, k[:, t])
            hidden = silu(before)
            u = self.bias.slope(_apply(w2, hidden) - v[:, t])
            slope1 = _outer(_turned(w2, u) * silu_slope(before), k[:, t])
            slope2 = _outer(u, hidden)
            step = self.retention.step
            state = (*step(state[:n], slope1, gates), *step(state[n:], slope2, gates))
            kept.append(state)
            w1, w2 = self._matrices(state)
            outputs.append(_apply(w2, silu(_apply(w1, q[:, t]))))
        return torch.stack(outputs, 1), state, kept

    def backward(self, inputs: Inputs, kept: Any, grad: Tensor, grad_end: State) -> tuple[dict[str, Tensor], State]:
        """The same steps, last first."""
        q, k, v = (inputs[name] for name in ("q", "k", "v"))
        n, back = self.retention.parts, {name: torch.zeros_like(x) for name, x in inputs.items()}
        to_state: State = grad_end
        for t in reversed(range(q.shape[1])):
            gates = self._gates(inputs, t)
            # y = W₂ silu(W₁ q)
            w1, w2 = self._matrices(kept[t + 1])
            before = _apply(w1, q[:, t])
            to_before = _turned(w2, grad[:, t]) * silu_slope(before)
            back["q"][:, t] = _turned(w1, to_before)
            to_state = self._add(to_state, kept[t + 1], _outer(to_before, q[:, t]), _outer(grad[:, t], silu(before)))
            # the step
            w1, w2 = self._matrices(kept[t])
            before = _apply(w1, k[:, t])
            hidden, d1 = silu(before), silu_slope(before)
            error = _apply(w2, hidden) - v[:, t]
            u = self.bias.slope(error)
            pulled = _turned(w2, u)
            slope1, slope2 = _outer(pulled * d1, k[:, t]), _outer(u, hidden)
            undo = self.retention.step_backward
            first, to_slope1, gates1 = undo(kept[t][:n], kept[t + 1][:n], slope1, gates, to_state[:n])
            second, to_slope2, gates2 = undo(kept[t][n:], kept[t + 1][n:], slope2, gates, to_state[n:])
            for name in gates1:
                back[name][:, t] = gates1[name] + gates2[name]
            # slope₁ = (pulled ⊙ silu′) kᵀ, slope₂ = u silu(·)ᵀ, pulled = W₂ᵀ u, u = ψ(error)
            to_product = _apply(to_slope1, k[:, t])
            to_k = _turned(to_slope1, pulled * d1)
            to_pulled = to_product * d1
            to_u = _apply(to_slope2, hidden) + _apply(w2, to_pulled)
            to_error = self.bias.curvature(error) * to_u
            back["v"][:, t] = -to_error
            to_hidden = _turned(to_slope2, u) + _turned(w2, to_error)
            to_before = to_product * pulled * silu_curvature(before) + to_hidden * d1
            back["k"][:, t] = to_k + _turned(w1, to_before)
            to_w2 = _outer(u, to_pulled) + _outer(to_error, hidden)
            to_state = self._add((*first, *second), kept[t], _outer(to_before, k[:, t]), to_w2)
        return back, to_state

    def _add(self, to_state: State, state: State, to_w1: Tensor, to_w2: Tensor) -> State:
        """to_state plus what comes back through both matrices."""
        n = self.retention.parts
        more = (
            *self.retention.weights_backward(state[:n], to_w1),
            *self.retention.weights_backward(state[n:], to_w2),
        )
        return tuple(a + b for a, b in zip(to_state, more, strict=True))
