"""The memory branch of a block: levels of memories that learn while they read, and the gate they have on attention.

MAG: the attention's result is multiplied by σ(gate · memory(x)), between 0 and 1 for every number of every place.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn import functional

from rusta_hecate.errors import ConfigError
from rusta_hecate.kernels import graphics
from rusta_hecate.kernels.binding import library
from rusta_hecate.kernels.delta import CHUNK, delta_rule
from rusta_hecate.layers.rules import RULES, pair, run
from rusta_hecate.layers.rules.contract import State
from rusta_hecate.layers.rules.reading import on_its_set, read
from rusta_hecate.model.config import ModelConfig

# Where the momentum gate begins, before the sigmoid: surprise lasts.
FIRST_MOMENTUM = 1.0
NATIVE = ("delta", "gated_delta")


class Memory(nn.Module):
    """One level. ``qkv``: (3·width, width); ``gates``: a row per gate and head, with ``gate_bias``.

    ``strategy``: one of the rule's, or ``auto`` (chunkwise where the rule allows it, else recurrent; on the CPU in f32
    the native kernel where there is one, on a card Triton's). ``by_hand``: differentiate by the rule's own backward pass.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        if config.memory not in RULES:
            raise ConfigError(f"memory is {config.memory!r}; choose none or one of {', '.join(RULES)}")
        self.config = config
        self.rule = RULES[config.memory]
        self.strategy = "auto"
        self.by_hand = True
        self.qkv = nn.Parameter(torch.empty(3 * config.width, config.width))
        count = len(self.rule.gates) * config.heads
        self.gates = nn.Parameter(torch.empty(count, config.width))
        self.gate_bias = nn.Parameter(torch.empty(count))
        size = config.head_size
        self.shapes = self.rule.shapes(size, size, size)
        if self.rule.learned_start:
            self.start = nn.ParameterList(nn.Parameter(torch.empty(config.heads, *shape)) for shape in self.shapes)

    def reset(self, generator: torch.Generator) -> None:
        """Draw the starting weights."""
        std = 0.7 * self.config.width**-0.5
        nn.init.normal_(self.qkv, std=std, generator=generator)
        nn.init.normal_(self.gates, std=0.3 * std, generator=generator)
        first = {"write": self.rule.first_write, "forget": self.rule.first_forget, "momentum": FIRST_MOMENTUM}
        with torch.no_grad():
            for row, name in zip(self.gate_bias.view(-1, self.config.heads), self.rule.gates, strict=True):
                row.fill_(first[name])
        if self.rule.learned_start:
            for part, raw in enumerate(self.start):
                momentum = self.rule.name == "titans_mlp" and part % 2 == 1
                nn.init.normal_(raw, std=0.0 if momentum else self.config.head_size**-0.5, generator=generator)

    def first_state(self, batch: int, like: Tensor) -> State:
        """The state before the first place, each part (batch·heads, …)."""
        if self.rule.learned_start:
            parts = [on_its_set(self.rule.name, part, raw) for part, raw in enumerate(self.start)]
            return tuple(part[None].expand(batch, *part.shape).flatten(0, 1) for part in parts)
        heads = batch * self.config.heads
        return tuple(torch.zeros(heads, *shape, dtype=like.dtype, device=like.device) for shape in self.shapes)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, dict[str, Tensor]]:
        """x (B, T, width) → q, k of length 1, v, all (B, T, heads, size), and gates (B, T, heads) in (0, 1)."""
        batch, time, _ = x.shape
        heads, size = self.config.heads, self.config.head_size
        q, k, v = functional.linear(x, self.qkv).to(x.dtype).reshape(batch, time, 3, heads, size).unbind(2)
        q, k = (functional.normalize(part, dim=-1, eps=1e-6) for part in (q, k))
        raw = torch.sigmoid(functional.linear(x, self.gates).to(x.dtype) + self.gate_bias)
        gates = raw.reshape(batch, time, len(self.rule.gates), heads).unbind(2)
        return q, k, v, dict(zip(self.rule.gates, gates, strict=True))

    def forward(self, x: Tensor, state: State | None = None, *, frozen: bool = False) -> tuple[Tensor, State]:
        """x (B, T, width) → what the memory answers (B, T, width), and its state after the last place.

        frozen: the state is only read, and comes back unchanged.
        """
        batch, time, width = x.shape
        q, k, v, gates = self.project(x)
        start = self.first_state(batch, x) if state is None else state
        with _exact(x):
            if frozen:
                answers = read(self.rule.name, _flat(q), start)
                return _unflat(answers, batch).reshape(batch, time, width), start
            return self._remember(x, (q, k, v), gates, start)

    def _remember(
        self, x: Tensor, given: tuple[Tensor, Tensor, Tensor], gates: dict[str, Tensor], start: State
    ) -> tuple[Tensor, State]:
        batch, time, width = x.shape
        q, k, v = given
        if self._native(x):
            size = self.config.head_size
            forget = gates.get("forget")
            log_decay = None if forget is None else torch.log1p(-forget)
            shaped = start[0].reshape(batch, self.config.heads, size, size)
            out, end = delta_rule(q, k, v, gates["write"], log_decay, shaped, self.config.chunk)
            return out.reshape(batch, time, width), (end.flatten(0, 1),)
        strategy = self.strategy
        if strategy == "auto":
            strategy = "chunkwise" if "chunkwise" in self.rule.strategies else "recurrent"
        inputs = {"q": _flat(q), "k": _flat(k), "v": _flat(v)}
        inputs |= {name: _flat(gate[..., None])[..., 0] for name, gate in gates.items()}
        if self._on_card(x):
            from rusta_hecate.kernels.graphics.delta import delta_rule as on_card

            decay = torch.log1p(-inputs["forget"]) if "forget" in inputs else None
            answers, last = on_card(inputs["q"], inputs["k"], inputs["v"], inputs["write"], decay, start[0])
            return _unflat(answers, batch).reshape(batch, time, width), (last,)
        answers, end_state = run(pair(self.rule.name, strategy, self.config.chunk), inputs, start, by_hand=self.by_hand)
        return _unflat(answers, batch).reshape(batch, time, width), end_state

    def _on_card(self, x: Tensor) -> bool:
        free = self.strategy == "auto" and self.by_hand and self.rule.name in NATIVE
        return free and graphics.usable(x, self.config.head_size)

    def _native(self, x: Tensor) -> bool:
        able = x.device.type == "cpu" and x.dtype == torch.float32 and library() is not None
        return (
            able
            and self.config.chunk <= CHUNK
            and self.strategy == "auto"
            and self.by_hand
            and self.rule.name in NATIVE
        )


class MemoryBranch(nn.Module):
    """All levels of one block, and the gate. ``gate``: (width, width).

    Level ℓ writes on the steps that ``active`` names, and is only read on the others. With ``carry`` each level goes on
    where the step before left its state (rows of the batch must then be continuing texts); without, every call begins
    anew and every level writes.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.levels = nn.ModuleList(Memory(config) for _ in config.frequencies)
        self.gate = nn.Parameter(torch.empty(config.width, config.width))
        self.carry = False
        self.active: tuple[bool, ...] = (True,) * len(config.frequencies)
        self.heads = config.heads
        self.states: list[State | None] = [None] * len(config.frequencies)
        self.last_gate: Tensor | None = None

    def reset(self, generator: torch.Generator) -> None:
        """Draw the starting weights and forget all states."""
        for level in self.levels:
            assert isinstance(level, Memory)
            level.reset(generator)
        nn.init.normal_(self.gate, std=self.gate.shape[1] ** -0.5, generator=generator)
        self.states = [None] * len(self.levels)

    def answers(self, x: Tensor) -> Tensor:
        """The levels' answers, added."""
        total: Tensor | None = None
        for i, level in enumerate(self.levels):
            state = self._carried(i, x)
            answer, end = level(x, state, frozen=self.carry and not self.active[i] and state is not None)
            if self.carry:
                self.states[i] = tuple(part.detach() for part in end)
            total = answer if total is None else total + answer
        assert total is not None
        return total

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, width) → the gate on the attention, within [0, 1]."""
        gate = torch.sigmoid(functional.linear(self.answers(x), self.gate))
        self.last_gate = gate.detach()
        return gate

    def _carried(self, level: int, x: Tensor) -> State | None:
        state = self.states[level] if self.carry else None
        fits = state is not None and state[0].shape[0] == x.shape[0] * self.heads and state[0].dtype == x.dtype
        return state if fits else None


def _exact(x: Tensor) -> AbstractContextManager[object]:
    """Outside of autocast, whose bfloat16 is too coarse for a state that is summed up over all places."""
    kind = x.device.type
    return torch.autocast(kind, enabled=False) if kind in ("cpu", "cuda") else nullcontext()


def _flat(x: Tensor) -> Tensor:
    """(B, T, H, D) → (B·H, T, D)"""
    return x.transpose(1, 2).flatten(0, 1)


def _unflat(x: Tensor, batch: int) -> Tensor:
    """(B·H, T, D) → (B, T, H, D)"""
    return x.reshape(batch, -1, *x.shape[1:]).transpose(1, 2)
