"""Bytes to vectors: one row per byte, and optionally one hashed row per n-gram that ends there, all added."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from rusta_hecate.model import ngrams
from rusta_hecate.model.config import SYMBOLS, ModelConfig


class ByteEmbedding(nn.Module):
    """(B, T) inputs 0 … 256 → (B, T, width).

    ``bytes`` has a row per input. ``ngrams`` (when the configuration has any) has ``buckets`` rows for each n-gram
    length, one length after the other. Its gradient is sparse when ``sparse`` is set.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.sparse = False
        self.bytes = nn.Parameter(torch.empty(SYMBOLS, config.width))
        if config.ngrams:
            self.ngrams = nn.Parameter(torch.empty(len(config.ngrams) * config.buckets, config.width))

    def reset(self, generator: torch.Generator) -> None:
        """Draw the starting weights."""
        nn.init.normal_(self.bytes, std=0.7, generator=generator)
        if self.config.ngrams:
            nn.init.normal_(self.ngrams, std=0.05, generator=generator)

    def rows(self, ids: Tensor) -> Tensor:
        """(B, T, orders): the rows of ``ngrams`` that each place uses."""
        orders, buckets = self.config.ngrams, self.config.buckets
        padded = functional.pad(ids + 1, (max(orders) - 1, 0))
        length = ids.shape[1]
        last = padded.shape[1]
        shifted = [padded[:, last - length - back : last - back] for back in range(max(orders))]
        found = [ngrams.rows(shifted, order, buckets) + i * buckets for i, order in enumerate(orders)]
        return torch.stack(found, dim=-1)

    def forward(self, ids: Tensor) -> Tensor:
        """The sum of the rows."""
        x = functional.embedding(ids, self.bytes)
        if self.config.ngrams:
            rows = self.rows(ids)
            flat = rows.reshape(-1, rows.shape[-1])
            added = functional.embedding_bag(flat, self.ngrams, mode="sum", sparse=self.sparse)
            x = x + added.reshape(x.shape)
        return x
