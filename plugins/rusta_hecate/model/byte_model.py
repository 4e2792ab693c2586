"""The whole model: bytes in, one distribution over the next byte out at every place."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from rusta_hecate.errors import ShapeError
from rusta_hecate.layers.norm import rms_norm
from rusta_hecate.model.block import Block, Norm
from rusta_hecate.model.config import SYMBOLS, ModelConfig
from rusta_hecate.model.embedding import ByteEmbedding


class ByteModel(nn.Module):
    """Embedding, blocks, norm, head. Starting weights are drawn from ``seed``.

    Inputs are bytes 0 … 255, or START where a document begins. Outputs are logits of the next byte.
    """

    def __init__(self, config: ModelConfig, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.embedding = ByteEmbedding(config)
        self.blocks = nn.ModuleList(Block(config, index) for index in range(config.layers))
        self.norm = Norm(config.width)
        if not config.tied:
            self.head = nn.Parameter(torch.empty(256, config.width))
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """Draw all starting weights anew. What is added to the residual stream starts at zero.

        Drawn on the processor: a seed's weights are the same wherever the model goes afterwards.
        """
        generator = torch.Generator().manual_seed(seed)
        self.embedding.reset(generator)
        for block in self.blocks:
            assert isinstance(block, Block)
            attention, mlp = block.attention, block.mlp
            for weight in (attention.qkv, mlp.up):
                nn.init.normal_(weight, std=0.7 * self.config.width**-0.5, generator=generator)
            nn.init.zeros_(attention.out)
            nn.init.zeros_(mlp.down)
            if block.memory is not None:
                block.memory.reset(generator)
        if not self.config.tied:
            nn.init.normal_(self.head, std=0.3 * self.config.width**-0.5, generator=generator)

    @property
    def device(self) -> torch.device:
        """Where its weights are, and its inputs have to be."""
        return self.embedding.bytes.device

    def features(self, ids: Tensor) -> Tensor:
        """(B, T) → (B, T, width): what the heads read."""
        if ids.ndim != 2 or not ids.shape[1]:
            raise ShapeError(f"the model reads (batch, time) integers, not {tuple(ids.shape)}; add a batch axis")
        x = rms_norm(self.embedding(ids))
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) integers 0 … 256 → (B, T, 256) logits."""
        return functional.linear(
            self.features(ids), self.embedding.bytes[: SYMBOLS - 1] if self.config.tied else self.head
        )

    def loss(self, ids: Tensor, targets: Tensor) -> Tensor:
        """Mean cross-entropy in nats; targets are (B, T) bytes, −1 where nothing is asked."""
        return functional.cross_entropy(self(ids).flatten(0, 1).float(), targets.flatten(), ignore_index=-1)
