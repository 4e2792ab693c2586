"""The integration gradient test: d(loss)/d(weight) through one whole block, against central differences.

One block of width 64 with one head (so that every matrix is 64×64), three chunks of 8 tokens. The weight that is looked
at first is W_K: of the memory where the block has one, so that its gradient has to come through the inner loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rusta_hecate.layers.rules import RULES
from rusta_hecate.model.block import Block
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.verification.differences import Agreement, agreement, along, entries

WIDTH, CHUNK, CHUNKS = 64, 8, 3
NO_MEMORY = "none"


@dataclass(frozen=True)
class Case:
    """What is checked: a memory rule (or none), how it is run, and the MLP's form."""

    rule: str = NO_MEMORY
    strategy: str = "auto"
    mlp: str = "relu2"
    frequencies: tuple[int, ...] = (1,)

    @property
    def name(self) -> str:
        levels = f", {len(self.frequencies)} levels" if len(self.frequencies) > 1 else ""
        return f"attention, {self.mlp}" if self.rule == NO_MEMORY else f"{self.rule}, {self.strategy}{levels}"


def cases() -> list[Case]:
    """Every layer and every valid pair of rule and strategy."""
    plain = [Case(), Case(mlp="swiglu")]
    pairs = [Case(rule.name, strategy) for rule in RULES.values() for strategy in rule.strategies]
    return [*plain, *pairs, Case("delta", "chunkwise", frequencies=(1, 8))]


class Subject:
    """A block with random weights, inputs, and a loss in which every output counts differently."""

    def __init__(self, case: Case, seed: int = 0) -> None:
        memory = case.rule != NO_MEMORY
        config = ModelConfig(
            width=WIDTH,
            layers=1,
            heads=1,
            window=12,
            hidden=WIDTH,
            chunk=CHUNK,
            mlp=case.mlp,
            memory=case.rule,
            memory_layers=(0,) if memory else (),
            frequencies=case.frequencies,
        )
        generator = torch.Generator().manual_seed(seed)
        self.block = Block(config).double()
        self.block.attention.form = "auto"

        def draw(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator, dtype=torch.float64)

        if self.block.memory is not None:
            self.block.memory.double().reset(generator)
        with torch.no_grad():
            for parameter in self.block.parameters():
                if parameter.ndim == 3:  # where a network's memory begins
                    parameter.copy_(draw(*parameter.shape) * (1.0 if case.rule == "memora" else 0.5 * WIDTH**-0.5))
                elif parameter.ndim > 1:
                    parameter.copy_(draw(*parameter.shape) * 0.5 * WIDTH**-0.5)
                elif parameter.shape == (WIDTH,):
                    parameter.copy_(1 + 0.3 * draw(WIDTH))
                else:
                    parameter.add_(0.3 * draw(*parameter.shape))
        self.x, self.weigh = draw(1, CHUNK * CHUNKS, WIDTH), draw(1, CHUNK * CHUNKS, WIDTH)
        if self.block.memory is not None:
            for level in self.block.memory.levels:
                level.strategy = case.strategy  # type: ignore[assignment]

    @property
    def keys(self) -> Tensor:
        """W_K (64, 64): a view into the packed projections."""
        memory = self.block.memory
        owner = self.block.attention.qkv if memory is None else memory.levels[0].qkv
        assert isinstance(owner, Tensor)
        return owner.detach()[WIDTH : 2 * WIDTH]

    def loss(self) -> Tensor:
        """(weigh · y + ½ y²) summed, by the number of tokens."""
        y = self.block(self.x.to(next(self.block.parameters()).dtype)).double()
        total: Tensor = (self.weigh * y + 0.5 * y.square()).sum() / self.x.shape[1]
        return total

    def gradients(self) -> dict[str, Tensor]:
        """Every parameter's gradient by the production path, by name; ``keys`` is W_K's."""
        self.block.zero_grad()
        self.loss().backward()  # type: ignore[no-untyped-call]
        found = {name: p.grad.double().clone() for name, p in self.block.named_parameters() if p.grad is not None}
        memory = self.block.memory
        packed = "attention.qkv" if memory is None else "memory.levels.0.qkv"
        found["keys"] = found[packed][WIDTH : 2 * WIDTH]
        return found


def check(case: Case, *, complete: bool = False, sample: int = 24, seed: int = 0) -> tuple[Agreement, Agreement]:
    """W_K's gradient against central differences, then all other parameters' along random directions.

    complete: every one of W_K's 4,096 entries; otherwise ``sample`` of them and a third as many directions
    that touch all.
    """
    subject = Subject(case, seed)
    ours = subject.gradients()
    generator = torch.Generator().manual_seed(seed + 1)
    flat = ours["keys"].reshape(-1)
    if complete:
        keys = agreement(flat, entries(subject.loss, subject.keys))
    else:
        which = torch.randperm(flat.numel(), generator=generator)[:sample]
        directions = _directions(subject.keys, -(-sample // 3), generator)
        truth = torch.cat(
            (entries(subject.loss, subject.keys, which.tolist()), along(subject.loss, subject.keys, directions))
        )
        keys = agreement(torch.cat((flat[which], directions.flatten(1) @ flat)), truth)
    mine, truths = [], []
    for name, parameter in subject.block.named_parameters():
        directions = _directions(parameter.detach(), 1, generator)
        truths.append(along(subject.loss, parameter.detach(), directions))
        mine.append(directions.flatten(1) @ ours[name].reshape(-1))
    return keys, agreement(torch.cat(mine), torch.cat(truths))


def single_precision(case: Case, seed: int = 0) -> Agreement:
    """All gradients of the f32 path (native kernels where there are any) against those of the f64 path."""
    exact, fast = Subject(case, seed), Subject(case, seed)
    fast.block.float()
    truth, ours = exact.gradients(), fast.gradients()
    names = sorted(truth)
    scaled = [(ours[name] / truth[name].abs().max().clamp_min(1e-30)).reshape(-1) for name in names]
    exactly = [(truth[name] / truth[name].abs().max().clamp_min(1e-30)).reshape(-1) for name in names]
    return agreement(torch.cat(scaled), torch.cat(exactly))


def _directions(like: Tensor, count: int, generator: torch.Generator) -> Tensor:
    drawn = torch.randn(count, *like.shape, generator=generator, dtype=torch.float64)
    unit: Tensor = drawn / drawn.flatten(1).norm(dim=1).reshape(count, *[1] * like.ndim)
    return unit
