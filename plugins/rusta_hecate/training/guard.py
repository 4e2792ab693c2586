"""Stops a run whose numbers have left the numbers, and says in which layer that happened first."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from rusta_hecate.errors import TrainingError

ADVICE = "lower the learning rate or `clip`, and resume from the last checkpoint"


def check_loss(loss: Tensor, model: nn.Module, inputs: Tensor, step: int) -> None:
    """Let a finite loss pass.

    :raises TrainingError: naming the first module whose output is not finite.
    """
    if torch.isfinite(loss):
        return
    raise TrainingError(f"step {step}: the loss is {loss.item()}; first seen in {_first_bad(model, inputs)}; {ADVICE}")


def check_gradients(parameters: Iterable[tuple[str, Tensor]], step: int) -> None:
    """Let finite gradients pass.

    :raises TrainingError: naming the parameter nearest to the output whose gradient is not finite.
    """
    named = [(name, p.grad) for name, p in parameters if p.grad is not None]
    if not named or torch.isfinite(torch.stack([grad.square().sum() for _, grad in named]).sum()):
        return
    bad = next((name for name, grad in reversed(named) if not torch.isfinite(grad).all()), "the sum of all gradients")
    raise TrainingError(f"step {step}: the gradient of {bad} is no number; {ADVICE}")


def _first_bad(model: nn.Module, inputs: Tensor) -> str:
    found: list[str] = []

    def watch(name: str) -> object:
        def hook(_module: nn.Module, _inputs: object, output: object) -> None:
            if isinstance(output, Tensor) and not torch.isfinite(output).all():
                found.append(name)

        return hook

    handles = [module.register_forward_hook(watch(name)) for name, module in model.named_modules() if name]
    try:
        with torch.no_grad():
            model(inputs)
    finally:
        for handle in handles:
            handle.remove()
    bad = [name for name, p in model.named_parameters() if not torch.isfinite(p).all()]
    return found[0] if found else (bad[0] if bad else "the head")
