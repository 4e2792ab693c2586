"""One block: x += attention(norm(x)); x += mlp(norm(x)). The attention may be gated by a memory (MAG)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from rusta_hecate.kernels import fused as halves
from rusta_hecate.kernels import graphics
from rusta_hecate.kernels.attention import windowed_attention
from rusta_hecate.kernels.binding import library
from rusta_hecate.layers import mlp as mlps
from rusta_hecate.layers import windowed
from rusta_hecate.layers.norm import rms_norm
from rusta_hecate.layers.rotary import rotate, tables
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.model.memory import MemoryBranch


class Norm(nn.Module):
    """RMS normalisation with a learned scale."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return rms_norm(x, self.weight)


def native(x: Tensor) -> bool:
    """Whether the native kernel may compute with x: on the CPU, not in double precision."""
    return x.device.type == "cpu" and x.dtype != torch.float64 and library() is not None


class Attention(nn.Module):
    """Sliding-window attention with its projections. ``qkv``: (3·width, width), queries' rows first; ``out``: (width, width).

    ``form`` names how it is computed; every form has the same weights and the same result: ``native`` (the kernel),
    one of ``windowed.FORMS``, or ``auto`` (native or Triton where it can be, else ``local``).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.form = "auto"
        self.qkv = nn.Parameter(torch.empty(3 * config.width, config.width))
        self.out = nn.Parameter(torch.empty(config.width, config.width))

    def mix(self, x: Tensor) -> Tensor:
        """(B, T, width) → (B, T, width), before the output projection."""
        batch, length, width = x.shape
        heads, size = self.config.heads, self.config.head_size
        qkv = functional.linear(x, self.qkv).reshape(batch, length, 3, heads, size)
        precise = torch.float64 if x.dtype == torch.float64 else torch.float32
        turn = tables(length, size, self.config.rotary_base, precise, x.device) if self.config.rotary else None
        if self.form == "native" or (self.form == "auto" and native(qkv)):
            cos, sin = turn if turn is not None else (None, None)
            return windowed_attention(qkv, cos, sin, self.config.window).reshape(batch, length, width)
        q, k, v = qkv.unbind(2)
        if turn is not None:
            q, k = rotate(q, *turn), rotate(k, *turn)
        q, k, v = (part.transpose(1, 2) for part in (q, k, v))
        if self.form == "auto" and graphics.usable(q, size):
            from rusta_hecate.kernels.graphics.attention import windowed_attention as on_card

            return on_card(q, k, v, self.config.window).transpose(1, 2).reshape(batch, length, width)
        form = windowed.FORMS["local" if self.form == "auto" else self.form]
        return form(q, k, v, self.config.window).transpose(1, 2).reshape(batch, length, width)

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(self.mix(x), self.out)


class Mlp(nn.Module):
    """The feed-forward part. ``up``: (hidden or 2·hidden, width); ``down``: (width, hidden)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.kind = config.mlp
        rows = 2 * config.hidden if config.mlp == "swiglu" else config.hidden
        self.up = nn.Parameter(torch.empty(rows, config.width))
        self.down = nn.Parameter(torch.empty(config.width, config.hidden))

    def forward(self, x: Tensor) -> Tensor:
        form = mlps.swiglu if self.kind == "swiglu" else mlps.relu2
        return form(x, self.up, self.down)


class Block(nn.Module):
    """One residual block. ``fused``: take each half as one hand-composed step where that can be."""

    def __init__(self, config: ModelConfig, index: int = 0) -> None:
        super().__init__()
        self.norm1, self.norm2 = Norm(config.width), Norm(config.width)
        self.attention = Attention(config)
        self.mlp = Mlp(config)
        self.memory = MemoryBranch(config) if index in config.memory_layers else None
        self.fused = True

    def forward(self, x: Tensor) -> Tensor:
        fused = self.fused and self.attention.form in ("auto", "native") and x.dtype == torch.float32 and native(x)
        if self.memory is not None:
            normed = self.norm1(x)
            gated = self.attention.mix(normed) * self.memory(normed)
            x = x + functional.linear(gated, self.attention.out)
        elif fused:
            config = self.attention.config
            turn = tables(x.shape[1], config.head_size, config.rotary_base) if config.rotary else None
            weights = (self.norm1.weight, self.attention.qkv, self.attention.out)
            x = halves.attention_half(x, *weights, turn, config.heads, config.window)
        else:
            x = x + self.attention(self.norm1(x))
        if fused and self.mlp.kind == "relu2":
            return halves.mlp_half(x, self.norm2.weight, self.mlp.up, self.mlp.down)
        out: Tensor = x + self.mlp(self.norm2(x))
        return out
