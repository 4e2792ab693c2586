"""What a memory rule is: a recurrence over places with a state, and its backward pass written by hand.

Tensors are (N, T, ·): N independent sequences (batch × heads), T places. Gates are (N, T). Forward passes are plain
PyTorch, so that they can also be differentiated automatically: that is the independent check of the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

Inputs = Mapping[str, Tensor]
"""q, k, v and the rule's gates, by name."""
State = tuple[Tensor, ...]
Forward = Callable[[Inputs, State], tuple[Tensor, State, Any]]
"""(inputs, state at the start) → (outputs (N, T, V), state at the end, whatever the backward pass needs)."""
Backward = Callable[[Inputs, Any, Tensor, State], tuple[dict[str, Tensor], State]]
"""(inputs, kept, gradient of the outputs, of the end state) → (gradients of the inputs, of the start state)."""


@dataclass(frozen=True)
class Pair:
    """One way of running a rule: a forward pass and the exact backward pass that belongs to it."""

    forward: Forward
    backward: Backward


@dataclass(frozen=True)
class Rule:
    """A memory rule.

    gates: names of its per-place gates, each within (0, 1). shapes: (key size, value size, slots) → the shape of each
    part of the state, without N. strategies: the ways it can be run, by name, given the places of a chunk. refused: why
    each other way would not compute this rule. source: where its formula stands. learned_start: the state to begin
    with is made of parameters, else it is zero. first_write, first_forget: where these gates begin,
    before the sigmoid; a network as memory diverges at steps that a matrix bears.
    """

    name: str
    gates: tuple[str, ...]
    shapes: Callable[[int, int, int], tuple[tuple[int, ...], ...]]
    strategies: Mapping[str, Callable[[int], Pair]]
    refused: Mapping[str, str]
    source: str
    learned_start: bool = False
    first_write: float = 0.0
    first_forget: float = -4.0
