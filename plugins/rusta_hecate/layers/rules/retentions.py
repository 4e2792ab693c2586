"""How a memory's weights move: a step against the gradient, and what is kept of before.

Each retention maps the state of one weight matrix (a tuple of tensors (N, rows, columns)) and the gradient of the
inner loss to the next state, and back. ``weights`` reads the matrix out of a state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

Parts = tuple[Tensor, ...]
Gates = dict[str, Tensor]
"""Gates of one place, each (N, 1, 1)."""


def _total(x: Tensor) -> Tensor:
    return x.sum((-1, -2))


class Retention(Protocol):
    """One way of moving weights."""

    @property
    def gates(self) -> tuple[str, ...]:
        """Names of the gates it is steered by."""

    @property
    def parts(self) -> int:
        """Tensors in the state of one matrix."""

    def weights(self, state: Parts) -> Tensor:
        """The matrix of a state."""

    def weights_backward(self, state: Parts, grad: Tensor) -> Parts:
        """What comes back to the state from its matrix."""

    def step(self, state: Parts, slope: Tensor, gates: Gates) -> Parts:
        """The next state; slope is the inner loss's gradient at the state's matrix."""

    def step_backward(
        self, state: Parts, after: Parts, slope: Tensor, gates: Gates, grad: Parts
    ) -> tuple[Parts, Tensor, dict[str, Tensor]]:
        """What comes back to the state, to slope, and to the gates (N)."""


@dataclass(frozen=True)
class Decay:
    """W′ = (1 − α) W − θ (slope + 2 λ W)."""

    pull: float = 0.0
    gates: tuple[str, ...] = ("write", "forget")
    parts: int = 1

    def weights(self, state: Parts) -> Tensor:
        return state[0]

    def weights_backward(self, state: Parts, grad: Tensor) -> Parts:  # noqa: ARG002
        return (grad,)

    def step(self, state: Parts, slope: Tensor, gates: Gates) -> Parts:
        (w,) = state
        return ((1 - gates["forget"]) * w - gates["write"] * (slope + 2 * self.pull * w),)

    def step_backward(
        self, state: Parts, after: Parts, slope: Tensor, gates: Gates, grad: Parts  # noqa: ARG002
    ) -> tuple[Parts, Tensor, dict[str, Tensor]]:  # fmt: skip
        (w,), (g,) = state, grad
        back = {"forget": -_total(g * w), "write": -_total(g * (slope + 2 * self.pull * w))}
        return ((1 - gates["forget"] - 2 * self.pull * gates["write"]) * g,), -gates["write"] * g, back


@dataclass(frozen=True)
class Momentum:
    """S′ = η S − θ slope, W′ = (1 − α) W + S′ (Titans)."""

    gates: tuple[str, ...] = ("write", "forget", "momentum")
    parts: int = 2

    def weights(self, state: Parts) -> Tensor:
        return state[0]

    def weights_backward(self, state: Parts, grad: Tensor) -> Parts:
        return grad, grad.new_zeros(state[1].shape)

    def step(self, state: Parts, slope: Tensor, gates: Gates) -> Parts:
        w, s = state
        s = gates["momentum"] * s - gates["write"] * slope
        return (1 - gates["forget"]) * w + s, s

    def step_backward(
        self, state: Parts, after: Parts, slope: Tensor, gates: Gates, grad: Parts  # noqa: ARG002
    ) -> tuple[Parts, Tensor, dict[str, Tensor]]:  # fmt: skip
        (w, s), (to_w, to_s) = state, grad
        to_s = to_s + to_w
        back = {"forget": -_total(to_w * w), "momentum": _total(to_s * s), "write": -_total(to_s * slope)}
        return ((1 - gates["forget"]) * to_w, gates["momentum"] * to_s), -gates["write"] * to_s, back


@dataclass(frozen=True)
class Normed:
    """A′ = (1 − α) A − θ slope, W = A / ‖A‖_q^(q−2) (MONETA's l_q retention)."""

    order: float = 4.0
    gates: tuple[str, ...] = ("write", "forget")
    parts: int = 1

    def _size(self, a: Tensor) -> Tensor:
        return (a.abs() ** self.order).sum((-1, -2), keepdim=True)

    def weights(self, state: Parts) -> Tensor:
        (a,) = state
        return a / self._size(a) ** ((self.order - 2) / self.order)

    def weights_backward(self, state: Parts, grad: Tensor) -> Parts:
        (a,) = state
        size, power = self._size(a), (self.order - 2) / self.order
        along = (grad * a).sum((-1, -2), keepdim=True) * size ** (-power - 1) * (self.order - 2)
        return (grad * size**-power - along * a.sign() * a.abs() ** (self.order - 1),)

    def step(self, state: Parts, slope: Tensor, gates: Gates) -> Parts:
        return ((1 - gates["forget"]) * state[0] - gates["write"] * slope,)

    def step_backward(
        self, state: Parts, after: Parts, slope: Tensor, gates: Gates, grad: Parts  # noqa: ARG002
    ) -> tuple[Parts, Tensor, dict[str, Tensor]]:  # fmt: skip
        (a,), (g,) = state, grad
        back = {"forget": -_total(g * a), "write": -_total(g * slope)}
        return ((1 - gates["forget"]) * g,), -gates["write"] * g, back


@dataclass(frozen=True)
class Entropic:
    """W′ = softmax((1 − α) log W − θ slope) along rows (MEMORA's KL retention); rows stay on the simplex."""

    gates: tuple[str, ...] = ("write", "forget")
    parts: int = 1

    def weights(self, state: Parts) -> Tensor:
        return state[0]

    def weights_backward(self, state: Parts, grad: Tensor) -> Parts:  # noqa: ARG002
        return (grad,)

    def step(self, state: Parts, slope: Tensor, gates: Gates) -> Parts:
        return (((1 - gates["forget"]) * state[0].log() - gates["write"] * slope).softmax(-1),)

    def step_backward(
        self, state: Parts, after: Parts, slope: Tensor, gates: Gates, grad: Parts
    ) -> tuple[Parts, Tensor, dict[str, Tensor]]:
        (w,), (new,), (g,) = state, after, grad
        inner = new * (g - (g * new).sum(-1, keepdim=True))
        back = {"forget": -_total(inner * w.log()), "write": -_total(inner * slope)}
        return ((1 - gates["forget"]) * inner / w,), -gates["write"] * inner, back
