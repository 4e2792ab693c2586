"""Running a rule inside PyTorch's graph with its own backward pass, or, for comparison, with PyTorch's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from rusta_hecate.layers.rules.contract import Pair, State


class _Hand(torch.autograd.Function):
    """The pair's forward and backward pass as one step of the graph."""

    @staticmethod
    def forward(ctx: Any, pair: Pair, names: tuple[str, ...], *tensors: Tensor) -> tuple[Tensor, ...]:
        inputs = dict(zip(names, tensors, strict=False))
        outputs, end, kept = pair.forward(inputs, tensors[len(names) :])
        ctx.pair, ctx.names, ctx.kept = pair, names, kept
        ctx.save_for_backward(*tensors)
        # A state that passes through unchanged must still be a tensor of its own.
        return (outputs, *(part.clone() for part in end))

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Any, ...]:
        inputs = dict(zip(ctx.names, ctx.saved_tensors, strict=False))
        back, start = ctx.pair.backward(inputs, ctx.kept, grads[0], grads[1:])
        return (None, None, *(back[name] for name in ctx.names), *start)


def run(pair: Pair, inputs: Mapping[str, Tensor], state: State, *, by_hand: bool = True) -> tuple[Tensor, State]:
    """Outputs and end state. by_hand: differentiate by the pair's own backward pass, else automatically."""
    if not by_hand:
        outputs, end, _ = pair.forward(inputs, state)
        return outputs, end
    names = tuple(inputs)
    outputs, *rest = _Hand.apply(pair, names, *inputs.values(), *state)  # type: ignore[no-untyped-call]
    return outputs, tuple(rest)
