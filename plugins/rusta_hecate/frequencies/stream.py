"""Training on continuing texts, so that a level's state means something from one step to the next."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rusta_hecate.errors import ConfigError
from rusta_hecate.frequencies.buffers import ErrorBuffers, Sync
from rusta_hecate.model.byte_model import ByteModel
from rusta_hecate.model.config import ModelConfig


def own_text() -> bytes:
    """The text that is always at hand: this package's sources."""
    folder = Path(__file__).resolve().parents[1]
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))


@dataclass
class Trace:
    """What a training showed. losses: nats per step; norms: of the whole gradient; states: of the memories' states."""

    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    states: list[float] = field(default_factory=list)
    syncs: list[Sync] = field(default_factory=list)


class Stream:
    """``rows`` texts side by side, each going on where its last window ended."""

    def __init__(self, text: bytes, rows: int, length: int) -> None:
        share = len(text) // rows
        if share < length + 1:
            raise ConfigError(f"{len(text)} bytes do not make {rows} rows of {length + 1}; give a longer text")
        data = torch.frombuffer(bytearray(text), dtype=torch.uint8).long()
        self.data = data[: share * rows].reshape(rows, share)
        self.length = length
        self.at = 0

    def next(self) -> tuple[Tensor, Tensor, bool]:
        """Inputs, targets, and whether the texts began anew."""
        anew = self.at + self.length + 1 > self.data.shape[1]
        if anew:
            self.at = 0
        window = self.data[:, self.at : self.at + self.length + 1]
        self.at += self.length
        return window[:, :-1], window[:, 1:], anew


def train(
    model: ByteModel, text: bytes, *, steps: int, rows: int = 4, length: int = 64, rate: float = 2e-3,
    threshold: float = 10.0, clip: bool = False, slow_rate: float = 1.0,
    stop: Callable[[Trace], bool] | None = None,
) -> Trace:  # fmt: skip
    """AdamW over so many windows, states carried from one to the next. ``stop`` may end it early.

    slow_rate: multiplies the learning rate of levels that do not learn in every step.
    """
    stream, buffers, trace = Stream(text, rows, length), ErrorBuffers(model, threshold=threshold, clip=clip), Trace()
    optimiser = torch.optim.AdamW(_groups(model, buffers, rate, slow_rate))
    for branch in buffers.branches:
        branch.carry = True
    for step in range(steps):
        inputs, targets, anew = stream.next()
        if anew:
            forget(buffers)
        buffers.begin(step)
        loss = model.loss(inputs, targets)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        trace.syncs += buffers.settle(step)
        trace.losses.append(loss.item())
        trace.norms.append(_total(p.grad for p in model.parameters() if p.grad is not None))
        trace.states.append(_total(part for b in buffers.branches for state in b.states if state for part in state))
        if stop is not None and stop(trace):
            break
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return trace


@torch.no_grad()
def bits_per_byte(model: ByteModel, text: bytes, *, rows: int = 4, length: int = 64) -> float:
    """On a text that it reads in order, its memories going on learning as they do in training."""
    stream, buffers = Stream(text, rows, length), ErrorBuffers(model)
    for branch in buffers.branches:
        branch.carry = True
    forget(buffers)
    total, steps = 0.0, (stream.data.shape[1] - 1) // length
    for step in range(steps):
        inputs, targets, _ = stream.next()
        buffers.begin(step)
        total += model.loss(inputs, targets).item()
    return total / steps / math.log(2)


def forget(buffers: ErrorBuffers) -> None:
    """Take every level's state away: a text begins."""
    for branch in buffers.branches:
        branch.states = [None] * len(branch.states)


def small(rule: str, frequencies: tuple[int, ...], width: int = 32) -> ModelConfig:
    """A model of one block for experiments with memories."""
    return ModelConfig(
        width=width, layers=1, heads=2, window=16, hidden=2 * width, chunk=32,
        memory=rule, memory_layers=(0,), frequencies=frequencies,
    )  # fmt: skip


def _groups(model: ByteModel, buffers: ErrorBuffers, rate: float, slow_rate: float) -> list[dict[str, Any]]:
    slow = [p for f, level in zip(buffers.frequencies, buffers.parameters, strict=True) if f > 1 for p in level]
    apart = {id(p) for p in slow}
    groups = [{"params": [p for p in model.parameters() if id(p) not in apart], "lr": rate}]
    return [*groups, {"params": slow, "lr": rate * slow_rate}] if slow else groups


def _total(parts: object) -> float:
    squares = [float(part.double().square().sum()) for part in parts]  # type: ignore[attr-defined]
    return math.sqrt(sum(squares))
