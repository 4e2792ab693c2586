"""The two feed-forward forms: squared ReLU (So et al. 2021) and SwiGLU (Shazeer 2020)."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional


def relu2(x: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """x: (…, D), up: (hidden, D), down: (D, hidden): relu(x upᵀ)² downᵀ."""
    return functional.linear(functional.relu(functional.linear(x, up)).square(), down)


def swiglu(x: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """up: (2·hidden, D) holds the gate's rows first: (silu(x gateᵀ) ⊙ x upᵀ) downᵀ."""
    gate, value = functional.linear(x, up).chunk(2, dim=-1)
    return functional.linear(functional.silu(gate) * value, down)
