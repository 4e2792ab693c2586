"""Two trainings of the same model on the same batches, one by the production path and one by the plain baseline."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.verification import baseline

AVERAGE = 50
"""Losses are compared as means over so many steps."""


@dataclass(frozen=True)
class Curves:
    """Losses of every step in nats, ours and the baseline's."""

    ours: tuple[float, ...]
    plain: tuple[float, ...]

    @property
    def difference(self) -> float:
        """The largest relative difference between means over AVERAGE steps."""
        return max(abs(a / b - 1) for a, b in zip(_means(self.ours), _means(self.plain), strict=True))

    @property
    def fell(self) -> float:
        """By what factor our loss fell, first mean to last."""
        means = _means(self.ours)
        return means[0] / means[-1]


def _means(losses: tuple[float, ...]) -> list[float]:
    width = min(AVERAGE, len(losses))
    return [sum(losses[i : i + width]) / width for i in range(0, len(losses) - width + 1, width)]


def compare(
    config: ModelConfig, text: bytes, *, steps: int, rows: int = 4, length: int = 64, rate: float = 2e-3, seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Curves:  # fmt: skip
    """Train both for so many steps with AdamW from the same weights on the same windows of the text."""
    ours = ByteModel(config, seed)
    plain = {name: p.detach().clone().requires_grad_() for name, p in ours.named_parameters()}
    first = torch.optim.AdamW(ours.parameters(), lr=rate)
    second = torch.optim.AdamW(list(plain.values()), lr=rate)
    generator = torch.Generator().manual_seed(seed)
    data = torch.frombuffer(bytearray(text), dtype=torch.uint8).long()
    losses: tuple[list[float], list[float]] = ([], [])
    for step in range(steps):
        starts = torch.randint(0, len(data) - length, (rows, 1), generator=generator)
        windows = data[starts + torch.arange(length + 1)]
        inputs, targets = windows[:, :-1], windows[:, 1:]
        losses[0].append(_step(first, functools.partial(ours.loss, inputs, targets)))
        losses[1].append(_step(second, functools.partial(_plain_loss, config, plain, inputs, targets)))
        if progress is not None:
            progress(step)
    return Curves(tuple(losses[0]), tuple(losses[1]))


def _plain_loss(config: ModelConfig, weights: dict[str, Tensor], inputs: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(baseline.logits(config, weights, inputs).transpose(1, 2), targets)


def _step(optimiser: torch.optim.Optimizer, loss: Callable[[], Tensor]) -> float:
    value = loss()
    optimiser.zero_grad()
    value.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return value.item()


def track_zero_a() -> ModelConfig:
    """One block of attention and MLP, no memory."""
    return ModelConfig(width=64, layers=1, heads=2, window=32, hidden=128)


def track_zero_b() -> ModelConfig:
    """The same with a delta rule whose answer gates the attention."""
    return ModelConfig(width=64, layers=1, heads=2, window=32, hidden=128, memory="delta", memory_layers=(0,), chunk=16)
